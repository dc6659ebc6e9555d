import JOSE
import OIDCLogic

/// What an administrator does with grants: what a client was granted by a sign-in, and still holds.
package struct GrantAdministration {
    private let store: any Store
    private let sessions: SessionAdministration
    private let now: Clock

    init(store: any Store, sessions: SessionAdministration, now: @escaping Clock) {
        self.store = store
        self.sessions = sessions
        self.now = now
    }

    /// Of the client, the newest first.
    package func grants(of client: Client) throws -> [Grant] {
        var grants: [Grant] = []
        while true {
            let page = try self.grants(of: client, before: grants.last?.id, limit: 500)
            grants += page
            if page.count < 500 { return grants }
        }
    }

    func grants(of client: Client, before id: GrantID?, limit: Int) throws -> [Grant] {
        try store.grants(of: client.id, at: now(), before: id, limit: limit)
    }

    /// Its refresh token and its access tokens end. Throws ``AdministrationError`` if the client holds no such grant.
    package func revoke(_ id: String, of client: Client) throws {
        let id = GrantID(id)
        guard let grant = try store.grant(id), grant.clientID == client.id, !grant.isRevoked else {
            throw AdministrationError.missing("\"\(client.id)\" holds no such grant; it may have ended")
        }
        try store.revoke(id, because: .administrator)
    }

    /// - Parameter username: nil: not for whoever looks.
    package func json(_ grant: Grant, username: Username?) throws -> JSON {
        var members: [String: JSON] = [
            "id": .string(grant.id.value), "sub": .string(grant.userID.value),
            "scope": .string(grant.scope.description), "refreshable": .bool(grant.refresh != nil),
            "created_at": .integer(grant.createdAt.seconds), "expires_at": .integer(grant.expiresAt.seconds),
        ]
        members["username"] = (username?.value).map(JSON.string)
        members["session_id"] = (try sessions.session(of: grant)?.id.value).map(JSON.string)
        return .object(members)
    }
}
