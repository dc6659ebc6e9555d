import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let clientRoutes = [
        AdministrationRoute(
            .get, "clients", .readClients, "List clients, or search by the beginning of an id or a name",
            query: ["search", "awaits_approval", "unused_since", "after", "limit"], answer: (.ok, "ClientList")
        ) { call in
            try requireOne(of: ["search", "awaits_approval", "unused_since"], call)
            if let only = try call.parameter("awaits_approval") { return try waiting(only, call) }
            if let time = try call.parameter("unused_since", limit: 64) { return try unused(since: time, call) }
            if let words = try call.parameter("search", limit: 255) {
                let page = try call.provider.store.clients(
                    beginning: words, after: try call.position(SearchPosition.init), limit: call.pageSize)
                return .json(ListPage(items: try page.items.map(call.listed), next: page.next?.json).json)
            }
            let after = try call.position { $0.stringValue.map { ClientID($0) } }
            return try call.page(position: { .string($0.id.value) }, show: call.listed) { limit in
                try call.provider.store.clients(after: after, limit: limit)
            }
        },
        AdministrationRoute(
            .post, "clients", .writeClients, "Register a client; the same once more is a success", body: "NewClient",
            answer: (.created, "ClientWithSecret"), isRepeatable: true, respond: register),
        AdministrationRoute(
            .get, "clients/{client_id}", .readClients, "Read a client", answer: (.ok, "Client")
        ) { call in
            let client = try call.client()
            var response = Response.json(try call.listed(client))
            response[.eTag] = HeaderValue(try call.tag(client).text)
            return response
        },
        AdministrationRoute(
            .patch, "clients/{client_id}", .writeClients, "Change members of a client; null takes one out",
            body: "ClientChange", answer: (.ok, "ClientWithSecret"), needsMatch: true, respond: change),
        AdministrationRoute(
            .delete, "clients/{client_id}", .writeClients, "Remove a client, with its roles, consents and grants",
            answer: (.noContent, nil)
        ) { call in
            let client = try call.client()
            try call.caller.requireHeld(scopeOf: client)
            try call.requireMatchIfSaid(call.tag(client))
            _ = try call.administration.clients.remove(client.id.value)
            return .nothing
        },
        AdministrationRoute(
            .post, "clients/{client_id}/approval", .writeClients,
            "Approve a client that waits for it", body: "Approval",
            answer: (.ok, "Client"), needsMatch: true, respond: approve),
        AdministrationRoute(
            .post, "clients/{client_id}/secret", .writeClients,
            "Make a new secret; the old one is taken for overlap seconds more", body: "NewSecret",
            answer: (.ok, "ClientSecret"), respond: renewSecret),
    ]

    private static func requireOne(of names: [String], _ call: AdministrationCall) throws {
        let said = try names.filter { try call.parameter($0) != nil }
        guard said.count < 2 else {
            throw AdministrationProblem.invalid(
                "\(said[0]) and \(said[1]) exclude each other; leave one of them out", member: said[1])
        }
    }

    private static func waiting(_ only: String, _ call: AdministrationCall) throws -> Response {
        guard only == "true" else {
            throw AdministrationProblem.invalid(
                "awaits_approval is \"\(only)\"; it must be true, or left out", member: "awaits_approval")
        }
        let after = try call.position(WaitingPosition.init)
        return try call.page(
            position: { WaitingPosition(registeredAt: $0.createdAt, client: $0.id).json }, show: call.listed
        ) { limit in try call.provider.store.clientsAwaitingApproval(after: after, limit: limit) }
    }

    private static func unused(since text: String, _ call: AdministrationCall) throws -> Response {
        guard let time = WrittenTime.time(text, now: call.provider.now()) else {
            throw AdministrationProblem.invalid(
                "unused_since is \"\(text)\"; it must be \(WrittenTime.explanation)", member: "unused_since")
        }
        let store = call.provider.store
        let after = try call.position(UnusedPosition.init)
        return try call.page(
            position: { client in
                UnusedPosition(since: try store.lastUse(of: client.id) ?? client.createdAt, client: client.id).json
            }, show: call.listed
        ) { limit in try store.clients(unusedSince: time, after: after, limit: limit) }
    }

    private static func register(_ call: AdministrationCall) throws -> Response {
        let body = try call.body()
        try ClientMemberRule.check(body)
        try call.caller.requireHeld(try Scope(body.text("scope") ?? "").names, "a client would be allowed")
        if let same = try registered(body, call) { return same }
        do {
            let made = try call.administration.clients.register(.object(body))
            var response = try Response.client(made.client, secret: made.secret, call)
            response.status = .created
            return response
        } catch let error as AdministrationError where error.kind == .exists {
            // Somebody else came first at the same moment, perhaps with the same.
            guard let same = try registered(body, call) else { throw error }
            return same
        }
    }

    /// Whoever repeats a call whose answer was lost is told of what it did, and not of a conflict. Nil: there is no client
    /// of that id.
    private static func registered(_ body: [String: JSON], _ call: AdministrationCall) throws -> Response? {
        guard let id = try body.text("client_id"), let there = try call.provider.store.client(ClientID(id)) else {
            return nil
        }
        let asked = try call.provider.clientPreparation.newClient(.object(body))
        let secret = try call.provider.secrets.secret(of: there)
        let hasSameSecret = try body.text("client_secret").map { secret?.matches($0) ?? false } ?? true
        guard hasSameSecret, asked.client.metadata == there.metadata, asked.client.preset == there.preset,
            asked.client.isFirstParty == there.isFirstParty
        else {
            throw AdministrationProblem(
                .conflict, "client_id \(ClientPreparation.isTaken(there.id))", member: "client_id")
        }
        return try .client(there, secret: nil, call)
    }

    private static func change(_ call: AdministrationCall) throws -> Response {
        let body = try call.body()
        try ClientMemberRule.check(body)
        let client = try call.client()
        try call.caller.requireHeld(scopeOf: client)
        try call.requireMatch(call.tag(client))
        try call.requireUndeclared(client)
        var change = ClientChange()
        let former = client.metadata.json
        for (name, value) in body { change.metadata[name] = former[name]?.merging(value) ?? value }
        let changed = try call.provider.clientPreparation.changedClient(client, by: change)
        try call.caller.requireHeld(scopeOf: changed.client)
        return try .client(call.provider.store.replace(changed.client), secret: changed.secret, call)
    }

    /// By If-Match, since the app may change itself while somebody looks at it.
    private static func approve(_ call: AdministrationCall) throws -> Response {
        let body = try call.body(["first_party"])
        let client = try call.client()
        try call.caller.requireHeld(scopeOf: client)
        try call.requireMatch(call.tag(client))
        let approved = try call.provider.clientPreparation.approved(
            client, isFirstParty: try body.flag("first_party"))
        return try .client(approved.map { try call.provider.store.replace($0) } ?? client, secret: nil, call)
    }

    private static func renewSecret(_ call: AdministrationCall) throws -> Response {
        let body = try call.body(["overlap"])
        let client = try call.client()
        try call.caller.requireHeld(scopeOf: client)
        try call.requireMatchIfSaid(call.tag(client))
        try call.requireUndeclared(client)
        var change = ClientChange()
        change.secret = .generate
        change.overlap = try body.integer("overlap") ?? 0
        guard (0...SecretOverlap.longest).contains(change.overlap) else {
            throw AdministrationProblem.invalid(
                "overlap is \(change.overlap); it must be 0 to \(SecretOverlap.longest) seconds", member: "overlap")
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
    /// As it is shown, with what isn't part of its state: the tag stays when it is used.
    fileprivate func listed(_ client: Client) throws -> JSON {
        var members = try shown(client).objectValue ?? [:]
        members["last_used_at"] = (try provider.store.lastUse(of: client.id)?.seconds).map(JSON.integer)
        return .object(members)
    }

    func client() throws -> Client {
        guard let client = try provider.store.client(ClientID(self["client_id"])) else {
            throw AdministrationProblem.notFound("there is no client with the id \"\(self["client_id"])\"")
        }
        return client
    }

    fileprivate func tag(_ client: Client) throws -> EntityTag {
        EntityTag(of: try shown(client), version: client.version)
    }

    fileprivate func requireUndeclared(_ client: Client) throws {
        try DeclaredRule(store: provider.store).checkChange(of: .client(client.id), "the client \"\(client.id)\"")
    }
}

extension Response {
    /// With the tag of what is shown of it later, when the secret isn't.
    fileprivate static func client(
        _ client: Client, secret: ClientSecret?, _ call: AdministrationCall
    ) throws -> Response {
        var response = Response.json(RegisteredClient(client: client, secret: secret).json)
        response[.eTag] = HeaderValue(try call.tag(client).text)
        response[.location] = call.location("clients", client.id.value)
        return response
    }
}
