import FCGIBridge
import JOSE
import OIDCLogic

/// The client registration endpoint (RFC 7591 §3, OpenID Connect Registration §3).
struct RegisterHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        provider.answeringRegistration(request) {
            guard let bearer = try BearerToken(authorization: request.header("Authorization"), form: nil) else {
                return try registerOpenly(request)
            }
            let token = try initialAccessToken(bearer)
            do {
                return try register(request, by: token.permit, spending: token.id)
            } catch let error as ClientMetadataError {
                try provider.store.recordRefusal(by: token.id)
                throw error
            }
        }
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
        guard provider.registration.isOpen else {
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
        return try register(request, by: .open, spending: nil)
    }

    private func register(
        _ request: Request, by permit: RegistrationPermit, spending token: InitialAccessTokenID?
    ) throws -> Response {
        let preparation = provider.clientPreparation
        let made = try preparation.newClient(
            .object(try request.jsonObject()), preset: permit.preset, isFirstParty: permit.isFirstParty)
        let client = made.client
        // Each registration outdates the catalogue that is kept, and most ask for nothing that it would tell of.
        let isBuiltIn = client.metadata.scope.isSubset(of: .builtIn)
        try permit.check(
            client.metadata, of: client.id, in: isBuiltIn ? .empty : try provider.store.catalogue())
        let access = RegistrationToken(random: provider.random)
        let registration = ClientRegistration(
            id: RegistrationID(Base32.encode(provider.random.bytes(16))), clientID: client.id, digest: access.digest,
            permit: permit)
        do {
            let isRegistered = try provider.acting(
                as: token.map(AuditActor.Who.registrationToken) ?? .anonymous, by: .registration, request
            ) {
                try provider.store.register(client, as: registration, spending: token, at: provider.now())
            }
            if !isRegistered, let token { throw Self.spent(token) }
        } catch StoreError.exists {
            throw ClientMetadataError("client_id", ClientPreparation.isTaken(client.id))
        }
        return .json(
            provider.clientInformation(client, secret: made.secret, in: registration.id, token: access),
            status: .created)
    }
}
