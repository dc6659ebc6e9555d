import FCGIBridge
import JOSE
import Logging
import OIDCLogic

extension Provider {
    /// The custom claims that `client` sees.
    func customClaims(for client: Client) throws -> CustomClaims {
        CustomClaims(
            try store.customClaims(for: client.id), evaluator: expressions, mendixProfile: hasMendixProfile)
    }

    /// What is released about `subject` to some of `destinations`. Throws if a required claim has no value. An optional
    /// one whose expression fails is left out, and the log says why.
    func claimRelease(for subject: ClaimSubject, in destinations: Set<ClaimDestination>) throws -> ClaimRelease {
        let custom: [ComputedClaim]
        do {
            custom = try customClaims(for: subject.client).values(for: subject, in: destinations)
        } catch let fault as ClaimFault {
            throw OAuthError(fault)
        }
        logFailures(of: custom, user: subject.user.id, client: subject.client.id)
        return ClaimRelease(subject, custom: custom, mendixProfile: hasMendixProfile)
    }

    /// The same where a required claim without a value can't fail anything any more: it is left out.
    func availableClaims(for subject: ClaimSubject, in destination: ClaimDestination) throws -> ClaimRelease {
        let custom = try customClaims(for: subject.client).outcomes(for: subject, in: [destination])
        return ClaimRelease(subject, custom: custom, mendixProfile: hasMendixProfile)
    }

    /// What goes into a service's token. A claim whose expression fails is left out, and the log says why.
    func serviceClaims(of client: Client, scope: Scope) throws -> [String: JSON] {
        let custom = try customClaims(for: client).outcomes(ofService: client, scope: scope, in: [.accessToken])
        logFailures(of: custom, user: nil, client: client.id)
        return ServiceClaims(client, scope: scope, custom: custom, in: try store.catalogue()).inAccessToken
    }

    /// What a token carries, and what is told of it beside that.
    func introspectedClaims(of live: LiveAccessToken) throws -> [String: JSON] {
        let signed = live.token.claims.objectValue ?? [:]
        let catalogue = try store.catalogue()
        switch live.subject {
        case .user(let grant):
            return try availableClaims(
                for: ClaimSubject(grant, scope: live.scope, in: catalogue), in: .introspection
            ).claims(introspecting: signed)
        case .client(let client, let scope):
            let custom = try customClaims(for: client).outcomes(
                ofService: client, scope: scope, in: [.introspection])
            return ServiceClaims(client, scope: scope, custom: custom, in: catalogue).introspecting(signed)
        }
    }

    private func logFailures(of custom: [ComputedClaim], user: UserID?, client: ClientID) {
        for computed in custom {
            guard case .failed(let failure) = computed.outcome else { continue }
            var metadata: Logger.Metadata = [
                "claim": "\(computed.claim.name)", "id": "\(computed.claim.id)", "client": "\(client)",
                "cause": "it \(failure.reason)",
            ]
            if let user { metadata["user"] = "\(user)" }
            log.warning("a claim was left out", metadata: metadata)
        }
    }

    /// What rules took away from a request that is granted, and which of them failed rather than decided.
    func logPolicy(_ grant: AuthorizationGrant, of request: Request) {
        guard let cause = grant.access.decision.cause else { return }
        log.log(
            level: grant.access.decision.broken.isEmpty ? .info : .warning, "rules narrowed what is granted",
            metadata: [
                "request": "\(request.id)", "user": "\(grant.signedIn.user.id)",
                "client": "\(grant.request.client.id)", "cause": "\(cause)",
            ])
    }
}
