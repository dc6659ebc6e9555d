import FCGIBridge
import JOSE
import OIDCLogic

/// The client configuration endpoint (RFC 7592 §2): a client reads, changes and removes itself.
struct ClientConfigurationHandler {
    let provider: Provider

    /// What the request proved to be.
    private struct Caller {
        let registration: ClientRegistration
        let token: RegistrationToken
    }

    func respond(to request: Request) -> Response {
        provider.answeringRegistration(request) {
            let caller = try authenticate(request)
            return try provider.acting(as: .client(caller.registration.clientID), by: .registration, request) {
                switch request.method {
                case .put: return try change(by: request.jsonObject(), caller)
                case .delete: return try remove(caller)
                default: return try read(caller)
                }
            }
        }
    }

    private func authenticate(_ request: Request) throws -> Caller {
        guard let bearer = try BearerToken(authorization: request.header("Authorization"), form: nil) else {
            throw OAuthError.invalidToken(
                "the registration access token is needed: send it in the Authorization header, as Bearer",
                detail: .credential(.registrationAccessToken, .absent))
        }
        guard let token = RegistrationToken(presented: bearer.text),
            let registration = try provider.store.registration(RegistrationID(request.tail)),
            let match = registration.match(token)
        else { throw Self.foreign }
        if match == .next { try provider.store.acceptOffer(token.digest, in: registration.id) }
        return Caller(registration: registration, token: token)
    }

    /// §2: the same whether there is no such client, or the token is another's.
    private static var foreign: OAuthError {
        .invalidToken(
            "the registration access token is not that of this client, or the client was removed",
            detail: .credential(.registrationAccessToken, .foreign))
    }

    private func client(of caller: Caller) throws -> Client {
        guard let client = try provider.store.client(caller.registration.clientID) else { throw Self.foreign }
        return client
    }

    /// §2.1.
    private func read(_ caller: Caller) throws -> Response { try answer(client(of: caller), caller, caller.token) }

    private func answer(_ client: Client, _ caller: Caller, _ token: RegistrationToken) throws -> Response {
        .json(
            provider.clientInformation(
                client, secret: try provider.secrets.secret(of: client), in: caller.registration.id, token: token))
    }

    /// §2.2: what isn't named is as if it had never been registered.
    private func change(by members: [String: JSON], _ caller: Caller) throws -> Response {
        try ChangeAgain.whileOthersDo {
            let former = try client(of: caller)
            try refuseDeclared(former.id)
            let update = try ClientUpdate(members, of: former, secret: try provider.secrets.secret(of: former))
            var changed = try provider.clientPreparation.changedClient(former, by: update.change).client
            // Where its users sign in is an administrator's to say.
            changed.metadata.upstreams = former.metadata.upstreams
            let isBound = caller.registration.permit.needsApproval && former.approval == .given
            let approved = isBound ? ApprovedMetadata(former.metadata) : nil
            if !ClientMetadata.namesScope(members) {
                changed.metadata = caller.registration.permit.withDefaultScope(changed.metadata)
                if let approved { changed.metadata = approved.withDefaultScope(changed.metadata) }
            }
            try caller.registration.permit.check(
                changed.metadata, of: changed.id, formerly: former.metadata, in: try provider.store.catalogue())
            try approved?.check(changed.metadata)
            let next = update.rotatesToken ? RegistrationToken(random: provider.random) : nil
            do {
                let client = try provider.store.replace(
                    changed, in: caller.registration.id, offering: next?.digest)
                return try answer(client, caller, next ?? caller.token)
            } catch StoreError.missing {
                throw Self.foreign
            }
        }
    }

    /// §2.2, §2.3: a client that is not allowed to change or to remove itself is told so by 403. One that an administrator
    /// has made a file's is changed by that file alone.
    private func refuseDeclared(_ id: ClientID) throws {
        guard try provider.store.declaration(of: .client(id)) == nil else {
            throw OAuthError.accessDenied(
                "this client is declared in a file of the administrator's, and changed there alone")
        }
    }

    /// §2.3.
    private func remove(_ caller: Caller) throws -> Response {
        try refuseDeclared(caller.registration.clientID)
        do {
            try DeclaredRule(store: provider.store).checkRemoval(ofWhatHangsOn: caller.registration.clientID)
        } catch is AdministrationError {
            throw OAuthError.accessDenied(
                "roles or claims of this client are declared in a file of the administrator's; ask them to remove it")
        }
        guard try provider.store.removeClient(caller.registration.clientID) else { throw Self.foreign }
        var response = Response(status: .noContent)
        response[.cacheControl] = "no-store"
        return response
    }
}
