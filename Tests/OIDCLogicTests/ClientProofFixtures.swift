import JOSE
import Synchronization

@testable import OIDCLogic

/// Key sets that clients publish, and assertions that were spent.
final class ClientProofFixture: PublishedKeys, AssertionStore, Sendable {
    private struct State {
        var published: [String: JWKSet] = [:]
        var newer: [String: JWKSet] = [:]
        var refetches = 0
        var spent: [[UInt8]: Timestamp] = [:]
    }

    private let state = Mutex(State())

    var refetches: Int { state.withLock(\.refetches) }
    var spent: [Timestamp] { state.withLock { Array($0.spent.values) } }

    func publish(_ keys: [JSON], at uri: String, newer: [JSON]? = nil) throws {
        let set = try JWKSet(["keys": .array(keys)])
        let newerSet = try newer.map { try JWKSet(["keys": .array($0)]) }
        state.withLock { state in
            state.published[uri] = set
            state.newer[uri] = newerSet
        }
    }

    func keys(at uri: WebURI) throws(OAuthError) -> JWKSet {
        guard let set = state.withLock({ $0.published[uri.value] }) else {
            throw .temporarilyUnavailable(cause: "nothing is published")
        }
        return set
    }

    func newerKeys(at uri: WebURI) throws(OAuthError) -> JWKSet? {
        state.withLock { state in
            state.refetches += 1
            return state.newer[uri.value]
        }
    }

    func spend(_ assertion: AssertionID, until: Timestamp) throws -> Bool {
        state.withLock { state in
            guard state.spent[assertion.digest] == nil else { return false }
            state.spent[assertion.digest] = until
            return true
        }
    }
}

extension ClientProofRules {
    static func fixture(
        _ fixture: ClientProofFixture = ClientProofFixture(), takesTokenEndpoint: Bool = true, at now: Timestamp = .noon
    ) throws -> ClientProofRules {
        ClientProofRules(
            secrets: ClientSecrets(seal: try .fixture()), issuer: try .fixture(),
            takesTokenEndpoint: takesTokenEndpoint, keys: fixture,
            store: fixture, at: now)
    }
}
