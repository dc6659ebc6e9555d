import OIDCLogic
import Synchronization

/// Access tokens whose signatures were found to be ours, for all threads of the process: the same token comes with each
/// request of an app, and to verify an ECDSA signature costs as much as all else that is done with it.
///
/// Only what can't change is kept: the time, revocation, grant, client and user are looked at each time.
final class VerifiedTokens: Sendable {
    /// By its bytes: `String` has others that are canonically equivalent.
    private typealias Text = Identifier<VerifiedTokens>

    private struct Contents {
        var generation = Int64.min
        /// Those that were asked for lately, and those before them, which are forgotten next.
        var recent: [Text: AccessToken] = [:]
        var former: [Text: AccessToken] = [:]

        mutating func keep(_ token: AccessToken, as text: Text, limit: Int) {
            if recent.count >= limit {
                former = recent
                recent = [:]
            }
            recent[text] = token
        }
    }

    /// In bytes: of the longest token that is kept.
    private static let longest = 4096

    private let limit: Int
    private let contents = Mutex(Contents())

    /// - Parameter limit: of tokens; twice as many may be held for a while. One has about 3 kB.
    init(limit: Int = 1_000) { self.limit = limit }

    /// What `verify` gave or gives for a token. A change of the signing keys moves `generation`, and nothing of before
    /// counts any more. Throws what `verify` throws.
    ///
    /// Nobody waits for another thread here: verifying takes a moment, and a queue at a lock takes longer.
    func token(_ text: String, at generation: Int64, verify: () throws -> AccessToken) rethrows -> AccessToken {
        guard text.utf8.count <= Self.longest else { return try verify() }
        let text = Text(text)
        let known = contents.withLockIfAvailable { contents -> AccessToken? in
            guard contents.generation == generation else { return nil }
            if let token = contents.recent[text] { return token }
            guard let token = contents.former[text] else { return nil }
            contents.keep(token, as: text, limit: limit)
            return token
        }
        if let token = known ?? nil { return token }
        let token = try verify()
        contents.withLockIfAvailable { contents in
            if contents.generation != generation { contents = Contents(generation: generation) }
            contents.keep(token, as: text, limit: limit)
        }
        return token
    }
}
