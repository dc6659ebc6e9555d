import FCGIBridge
import JOSE
import OIDCLogic

/// The client registration endpoint (RFC 7591 §3, OpenID Connect Registration §3).
struct RegisterHandler {
    let provider: Provider

    /// What lets an app be registered.
    private struct Admission {
        let permit: RegistrationPermit
        let proof: RegistrationProof
        let who: AuditActor.Who
        /// What is answered if the proof was spent by another meanwhile; nil: nothing is spent.
        let spent: OAuthError?
    }

    func respond(to request: Request) -> Response {
        provider.answeringRegistration(request) {
            guard let bearer = try BearerToken(authorization: request.header("Authorization"), form: nil) else {
                return try registerOpenly(request)
            }
            if let job = try ciJob(bearer) {
                return try register(
                    request,
                    by: Admission(
                        permit: job.rule.permit, proof: .ciToken(job.id, until: job.end),
                        who: .ciJob(job.rule.name, subject: job.subject), spent: job.usedBefore))
            }
            let token = try initialAccessToken(bearer)
            do {
                return try register(
                    request,
                    by: Admission(
                        permit: token.permit, proof: .token(token.id), who: .registrationToken(token.id),
                        spent: Self.spent(token.id)))
            } catch let error as ClientMetadataError {
                try provider.store.recordRefusal(by: token.id)
                throw error
            }
        }
    }

    /// Nil: it is no token of a CI system that there is a rule for.
    private func ciJob(_ bearer: BearerToken) throws -> VerifiedCIToken? {
        let rules = provider.registration.ciRules
        guard !rules.isEmpty, let token = try CIToken(presented: bearer.text) else { return nil }
        // The keys may have to be fetched.
        provider.store.moveOn()
        return try token.verify(by: rules, keys: provider.publishedKeys, at: provider.now())
    }

    private func initialAccessToken(_ bearer: BearerToken) throws -> InitialAccessToken {
        let known = try RegistrationToken(presented: bearer.text).flatMap {
            try provider.store.initialAccessToken(digest: $0.digest)
        }
        guard let known else {
            throw OAuthError.invalidToken(
                "the initial access token is none of ours, or was withdrawn; ask the administrator for another",
                detail: .credential(.initialAccessToken, .foreign))
        }
        switch known.state(at: provider.now()) {
        case .usable: return known
        case .expired:
            throw OAuthError.invalidToken(
                "the initial access token has expired; ask the administrator for another", cause: "token \(known.id)",
                detail: .credential(.initialAccessToken, .expired))
        case .spent: throw Self.spent(known.id)
        case .refused:
            throw OAuthError.invalidToken(
                "the initial access token ended after ten refused registrations; ask the administrator for another",
                cause: "token \(known.id)", detail: .credential(.initialAccessToken, .revoked))
        }
    }

    private static func spent(_ id: InitialAccessTokenID) -> OAuthError {
        .invalidToken(
            "the initial access token has been used; ask the administrator for another", cause: "token \(id)",
            detail: .credential(.initialAccessToken, .usedBefore))
    }

    /// OpenID Connect Registration §3: "may be open". Nobody vouches for such a client, and anybody can make many.
    private func registerOpenly(_ request: Request) throws -> Response {
        guard let permit = provider.registration.open else {
            throw OAuthError.invalidToken(
                "an initial access token is needed, as Authorization: Bearer; ask the administrator for one",
                detail: .credential(.initialAccessToken, .absent))
        }
        let key = ThrottleKey.openRegistration(address: request.remoteAddress)
        let now = provider.now()
        let wait = key.throttle.wait(after: try provider.store.failedAttempts(for: key), at: now)
        guard wait == 0 else {
            throw OAuthError.tooManyRequests("too many registrations from this address; wait", retryAfter: Int(wait))
        }
        try provider.store.recordFailure(for: [key], at: now)
        return try register(
            request, by: Admission(permit: permit, proof: .none, who: .anonymous, spent: nil))
    }

    private func register(_ request: Request, by admission: Admission) throws -> Response {
        let permit = admission.permit
        let members = try request.jsonObject()
        let made = try provider.clientPreparation.newClient(
            .object(members), preset: permit.preset, isFirstParty: permit.isFirstParty,
            approval: permit.needsApproval ? .awaited : .given)
        var client = made.client
        client.metadata.upstreams = .anywhere
        if !ClientMetadata.namesScope(members) { client.metadata = permit.withDefaultScope(client.metadata) }
        // Each registration outdates the catalogue that is kept, and most ask for nothing that it would tell of.
        let isBuiltIn = client.metadata.scope.isSubset(of: .builtIn)
        try permit.check(
            client.metadata, of: client.id, in: isBuiltIn ? .empty : try provider.store.catalogue())
        let access = RegistrationToken(random: provider.random)
        let id = RegistrationID(Base32.encode(provider.ids.bytes()))
        let registration = ClientRegistration(id: id, clientID: client.id, digest: access.digest, permit: permit)
        do {
            let isRegistered = try provider.acting(as: admission.who, by: .registration, request) {
                try provider.store.register(client, as: registration, spending: admission.proof, at: provider.now())
            }
            guard isRegistered else {
                throw admission.spent ?? .serverError(cause: "nothing was spent, and nothing registered")
            }
        } catch StoreError.exists {
            throw ClientMetadataError("client_id", ClientPreparation.isTaken(client.id))
        }
        return .json(
            provider.clientInformation(client, secret: made.secret, in: registration.id, token: access),
            status: .created)
    }
}
