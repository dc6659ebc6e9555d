import JOSE
import OIDCLogic

/// What an administrator asks the audit log.
package struct AuditAdministration {
    private let store: any Store
    private let now: Clock

    package init(store: any Store, now: @escaping Clock) {
        self.store = store
        self.now = now
    }

    /// In one read of the store.
    private static let page = 500

    /// A question, as it is typed. Throws ``AdministrationError`` for a time that is none, an event that there is none of,
    /// and a user or an app that neither is there nor ever was told of.
    ///
    /// - Parameters:
    ///   - user: a name, or a subject.
    ///   - app: a client's id.
    ///   - event: what the events' words begin with.
    ///   - since: as ``WrittenTime`` has it, like `until`.
    package func query(
        user: String? = nil, app: String? = nil, event: String? = nil, since: String? = nil, until: String? = nil
    ) throws -> AuditQuery {
        if let event, AuditEvent.beginning(with: event).isEmpty {
            let names = AuditEvent.allCases.flatMap { [$0.rawValue, $0.object + "."] }
            throw AdministrationError.invalid(
                "no event begins with \"\(event)\".\(Nearest.question(event, among: names)) docs/audit.md lists them")
        }
        return AuditQuery(
            userID: try user.map(subject), clientID: try app.map(client), eventPrefix: event,
            from: try since.map { try time($0, "since") }, until: try until.map { try time($0, "until") })
    }

    private func time(_ text: String, _ name: String) throws(AdministrationError) -> Timestamp {
        guard let time = WrittenTime.time(text, now: now()) else {
            throw .invalid("\(name) is \"\(text)\"; it must be \(WrittenTime.explanation)")
        }
        return time
    }

    private func subject(_ text: String) throws -> UserID {
        // Before the names, of which one may be chosen to be another's subject. Whoever was removed is told of all the same.
        let id = UserID(text)
        if try store.user(id) != nil { return id }
        if try !isUnheardOf(AuditQuery(userID: id)) { return id }
        if let user = try store.user(named: Username(typed: text)) { return user.id }
        let users = try UserAdministration(store: store, now: now).users()
        throw AdministrationError.missing(
            "there is no user \"\(text)\".\(Nearest.question(text, among: users.map(\.username.value))) "
                + "One who was removed is found by the subject")
    }

    private func client(_ text: String) throws -> ClientID {
        let id = ClientID(text)
        if try store.client(id) == nil, try isUnheardOf(AuditQuery(clientID: id)) {
            let question = Nearest.question(text, among: try store.allClients().map(\.id.value))
            throw AdministrationError.missing("there is no app with the id \"\(text)\".\(question)")
        }
        return id
    }

    private func isUnheardOf(_ query: AuditQuery) throws -> Bool {
        try store.auditRecords(matching: query, before: nil, limit: 1).isEmpty
    }

    /// Newest first, at most `limit`. They are handed over page by page, so that any number of them fits.
    package func forEachRecord(
        matching query: AuditQuery, limit: Int, _ body: (AuditRecord) throws -> Void
    ) throws {
        var left = limit
        var last: Int64?
        while left > 0 {
            let asked = min(left, Self.page)
            let page = try store.auditRecords(matching: query, before: last, limit: asked)
            for record in page { try body(record) }
            guard page.count == asked else { return }
            last = page.last?.position
            left -= page.count
        }
    }

    /// Those written after that position, in that order, as far as they match; and the position up to which it looked.
    package func records(after position: Int64, matching query: AuditQuery) throws -> (
        records: [AuditRecord], end: Int64
    ) {
        let page = try store.auditRecords(after: position, limit: Self.page)
        return (page.filter(query.matches), page.last?.position ?? position)
    }

    /// The position of what was written last.
    package func end() throws -> Int64 { try store.auditEnd() }

    /// What people call the user: the name, if they are still there.
    package func name(of user: UserID) throws -> String { try store.user(user)?.username.value ?? user.value }

    /// What people read of whoever acted. An app chooses its id, which may be a user's name.
    package func name(of who: AuditActor.Who) throws -> String {
        switch who {
        case .user(let id): try name(of: id)
        case .client(let id): "app \(id)"
        case .registrationToken(let id): "token \(id)"
        case .upstream(let name): "upstream \(name)"
        case .ciJob(let rule, let subject): "CI \(rule): \(subject)"
        case .commandLine(let name): name
        case .file(let path): path
        case .anonymous: "anonymous"
        case .system: "Postern"
        }
    }
}

extension AuditChange {
    /// A member's value as it is shown beside others: in quotes where it could be taken for one of them. Whoever chooses a
    /// name would else choose what the log seems to tell.
    package static func shown(_ value: JSON) -> String {
        guard let text = value.stringValue else { return value.text }
        return [", ", "; ", ": ", "→"].contains { text.contains($0) } ? value.text : text
    }
}

extension AuditActor.Who {
    var json: JSON { .object(["kind": .string(kind), "id": id.map(JSON.string)].compactMapValues { $0 }) }
}

extension AuditRecord {
    /// As `docs/audit.md` describes it.
    package var json: JSON {
        var members: [String: JSON] = [
            "position": .integer(position), "time": .string(WrittenTime.text(at)), "event": .string(event.rawValue),
            "actor": actor.who.json,
            "via": .string(actor.road.rawValue),
            "object": .object(["kind": .string(event.object), "id": .string(objectID)]),
        ]
        members["address"] = actor.address.map(JSON.string)
        members["request_id"] = actor.requestID.map(JSON.string)
        members["client_id"] = (clientID?.value).map(JSON.string)
        members["sub"] = (userID?.value).map(JSON.string)
        if !change.before.isEmpty { members["before"] = .object(change.before) }
        if !change.after.isEmpty { members["after"] = .object(change.after) }
        return .object(members)
    }
}
