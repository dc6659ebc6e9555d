import JOSE
import OIDCLogic

/// What an administrator does with the tokens by which apps register themselves (RFC 7591 §3).
package struct InitialAccessTokenAdministration {
    private let store: any Store
    private let random: any RandomSource
    private let now: Clock

    package init(store: any Store, random: any RandomSource = SystemRandom(), now: @escaping Clock) {
        self.store = store
        self.random = random
        self.now = now
    }

    /// In seconds, how long a token lives where nobody says.
    package static let lifetime: Int64 = 10 * 60
    private static let longestLifetime: Int64 = 365 * 86_400
    private static let mostUses = 10_000

    /// The token's text is shown this once. Throws ``AdministrationError`` and `StoreError`.
    ///
    /// - Parameter lifetime: in seconds.
    package func issue(
        _ permit: RegistrationPermit, uses: Int = 1, lifetime: Int64 = lifetime, note: String? = nil
    ) throws -> (token: InitialAccessToken, text: RegistrationToken) {
        guard (1...Self.mostUses).contains(uses) else {
            throw AdministrationError.invalid("a token serves 1 to \(Self.mostUses) times, not \(uses)").of("uses")
        }
        guard (1...Self.longestLifetime).contains(lifetime) else {
            throw AdministrationError.invalid(
                "a token lives for 1 second to 365 days, not for \(lifetime) seconds"
            ).of("lifetime")
        }
        try permit.checkGivable()
        let note = try AdministrationError.of("note") { () throws(AdministrationError) in
            try DescriptionRule.accept(note)
        }
        let text = RegistrationToken(random: random)
        let time = now()
        let token = InitialAccessToken(
            id: InitialAccessTokenID(Base32.encode(random.bytes(5))), digest: text.digest, permit: permit,
            note: note, uses: uses, usesLeft: uses, createdAt: time,
            expiresAt: time + lifetime)
        try store.add(token)
        // With who made it.
        return (try store.initialAccessToken(digest: text.digest) ?? token, text)
    }

    /// Newest first.
    package func tokens() throws -> [InitialAccessToken] {
        var tokens: [InitialAccessToken] = []
        while true {
            let page = try store.initialAccessTokens(before: tokens.last?.id, limit: 500)
            tokens += page
            if page.count < 500 { return tokens }
        }
    }

    /// What it has registered stays. Throws ``AdministrationError`` with the nearest id if there is none.
    package func revoke(_ id: String) throws {
        guard try !store.removeInitialAccessToken(InitialAccessTokenID(id)) else { return }
        let question = Nearest.question(id, among: try tokens().map(\.id.value))
        throw AdministrationError.missing("there is no token with the id \"\(id)\".\(question)")
    }
}

extension InitialAccessToken {
    /// Never its text.
    package func json(at now: Timestamp) -> JSON {
        var members = permit.json.objectValue ?? [:]
        members["id"] = .string(id.value)
        members["note"] = note.map(JSON.string)
        members["uses"] = .integer(Int64(uses))
        members["uses_left"] = .integer(Int64(usesLeft))
        members["state"] = .string(state(at: now).rawValue)
        members["created_at"] = .integer(createdAt.seconds)
        members["expires_at"] = .integer(expiresAt.seconds)
        members["issued_by"] = issuedBy?.json
        return .object(members)
    }
}
