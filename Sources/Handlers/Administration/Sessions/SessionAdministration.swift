import JOSE
import OIDCLogic

/// What an administrator does with sessions: where users are signed in.
package struct SessionAdministration {
    private let store: any Store
    private let lifetimes: Lifetimes
    private let now: Clock

    init(store: any Store, lifetimes: Lifetimes, now: @escaping Clock) {
        self.store = store
        self.lifetimes = lifetimes
        self.now = now
    }

    /// Of how many sessions of a user the living ones are shown.
    private static let most = 200

    /// Where the user is signed in, the newest first.
    package func sessions(of user: User) throws -> [Session] {
        try store.sessions(of: user.id, limit: Self.most).filter(isAlive)
    }

    /// The apps that were given tokens in it, and want to be told, are. Throws ``AdministrationError`` if there is none.
    package func end(_ id: String) throws {
        let id = SessionID(id)
        guard try store.session(id) != nil else {
            throw AdministrationError.missing("there is no such session; it may have ended")
        }
        try store.endSession(id)
    }

    /// The session that a grant was made in. Nil: it has ended.
    func session(of grant: Grant) throws -> Session? {
        try store.session(grant.authentication.sessionID).flatMap { isAlive($0) ? $0 : nil }
    }

    private func isAlive(_ session: Session) -> Bool { session.isAlive(at: now(), idle: lifetimes.sessionIdle) }
}

extension Session {
    /// What an administrator sees. Nothing of it opens anything.
    package var json: JSON {
        var members: [String: JSON] = [
            "id": .string(id.value), "sub": .string(userID.value), "signed_in_at": .integer(signedInAt.seconds),
            "amr": .array(amr.map(JSON.string)), "created_at": .integer(createdAt.seconds),
            "last_used_at": .integer(lastUsedAt.seconds), "expires_at": .integer(expiresAt.seconds),
            "remembered": .bool(isRemembered),
        ]
        members["auth_time"] = authTime.map { .integer($0.seconds) }
        members["acr"] = acr.map(JSON.string)
        members["upstream"] = (upstream?.upstream.value).map(JSON.string)
        return .object(members)
    }
}
