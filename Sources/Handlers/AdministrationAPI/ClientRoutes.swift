import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let clientRoutes = [
        AdministrationRoute(
            .get, "clients", .readClients, "List clients, or search by the beginning of an id or a name",
            query: ["search", "after", "limit"], answer: (.ok, "ClientList")
        ) { call in
            if let words = try call.parameter("search", limit: 255) {
                let page = try call.provider.store.clients(
                    beginning: words, after: try call.position(SearchPosition.init), limit: call.pageSize)
                return .json(ListPage(items: page.items.map(\.json), next: page.next?.json).json)
            }
            let size = try call.pageSize
            let found = try call.provider.store.clients(
                after: try call.position { $0.stringValue.map { ClientID($0) } }, limit: size + 1)
            let items = found.prefix(size)
            let next = found.count > size ? items.last.map { JSON.string($0.id.value) } : nil
            return .json(ListPage(items: items.map(\.json), next: next).json)
        },
        AdministrationRoute(
            .post, "clients", .writeClients, "Register a client; the same once more is a success", body: "NewClient",
            answer: (.created, "ClientWithSecret"), respond: register),
        AdministrationRoute(
            .get, "clients/{client_id}", .readClients, "Read a client", answer: (.ok, "Client")
        ) { call in .entity(try call.client().json) },
        AdministrationRoute(
            .patch, "clients/{client_id}", .writeClients, "Change members of a client; null takes one out",
            body: "ClientChange", answer: (.ok, "ClientWithSecret"), needsMatch: true, respond: change),
        AdministrationRoute(
            .delete, "clients/{client_id}", .writeClients, "Remove a client, with its roles, consents and grants",
            answer: (.noContent, nil)
        ) { call in
            let client = try call.client()
            try call.caller.requireHeld(scopeOf: client)
            try call.requireMatchIfSaid(client.json)
            _ = try call.administration.clients.remove(client.id.value)
            return .nothing
        },
        AdministrationRoute(
            .post, "clients/{client_id}/secret", .writeClients,
            "Make a new secret; the old one is taken for overlap seconds more", body: "NewSecret",
            answer: (.ok, "ClientSecret"), respond: renewSecret),
    ]

    private static func register(_ call: AdministrationCall) throws -> Response {
        let body = try call.body()
        try call.caller.requireHeld(try Scope(body.text("scope") ?? "").names, "a client would be allowed")
        let preparation = call.provider.clientPreparation
        if let id = try body.text("client_id"), let there = try call.provider.store.client(ClientID(id)) {
            // Whoever repeats a call whose answer was lost is told of what it did, and not of a conflict.
            let asked = try preparation.newClient(.object(body))
            let secret = try call.provider.secrets.secret(of: there)
            let hasSameSecret = try body.text("client_secret").map { secret?.matches($0) ?? false } ?? true
            guard hasSameSecret, asked.client.metadata == there.metadata, asked.client.preset == there.preset,
                asked.client.isFirstParty == there.isFirstParty
            else {
                throw AdministrationProblem(
                    .conflict, "client_id \(ClientPreparation.isTaken(there.id))", member: "client_id")
            }
            return .client(there, secret: nil, issuer: call.provider.issuer)
        }
        let made = try call.administration.clients.register(.object(body))
        var response = Response.client(made.client, secret: made.secret, issuer: call.provider.issuer)
        response.status = .created
        return response
    }

    private static func change(_ call: AdministrationCall) throws -> Response {
        let body = try call.body()
        let client = try call.client()
        try call.caller.requireHeld(scopeOf: client)
        try call.requireMatch(client.json)
        var change = ClientChange()
        change.metadata = body
        let changed = try call.provider.clientPreparation.changedClient(client, by: change)
        try call.caller.requireHeld(scopeOf: changed.client)
        return .client(
            try call.provider.store.replace(changed.client), secret: changed.secret, issuer: call.provider.issuer)
    }

    private static func renewSecret(_ call: AdministrationCall) throws -> Response {
        let body = try call.body(["overlap"])
        let client = try call.client()
        try call.caller.requireHeld(scopeOf: client)
        try call.requireMatchIfSaid(client.json)
        var change = ClientChange()
        change.secret = .generate
        change.overlap = try body.integer("overlap") ?? 0
        guard (0...SecretOverlap.longest).contains(change.overlap) else {
            throw AdministrationProblem.invalid(
                "overlap must be 0 to \(SecretOverlap.longest) seconds", member: "overlap")
        }
        let changed = try call.provider.clientPreparation.changedClient(client, by: change)
        let stored = try call.provider.store.replace(changed.client)
        var members: [String: JSON] = ["client_id": .string(stored.id.value), "client_secret_expires_at": 0]
        members["client_secret"] = (changed.secret?.reveal()).map(JSON.string)
        members["former_secret_expires_at"] = (stored.formerSecret?.expiresAt.seconds).map(JSON.integer)
        return .json(.object(members))
    }
}

extension AdministrationCall {
    fileprivate func client() throws -> Client {
        guard let client = try provider.store.client(ClientID(self["client_id"])) else {
            throw AdministrationProblem.notFound("there is no client with the id \"\(self["client_id"])\"")
        }
        return client
    }
}

extension Response {
    static var nothing: Response {
        var response = Response(status: .noContent)
        response[.cacheControl] = "no-store"
        return response
    }

    /// With the tag of what is shown of it later, when the secret isn't.
    fileprivate static func client(_ client: Client, secret: ClientSecret?, issuer: Issuer) -> Response {
        var response = Response.json(RegisteredClient(client: client, secret: secret).json)
        response[.eTag] = HeaderValue(EntityTag(of: client.json).text)
        response[.location] = HeaderValue(
            AdministrationScope.resource(of: issuer) + "/clients/" + RoutePath.escaped(client.id.value))
        return response
    }
}
