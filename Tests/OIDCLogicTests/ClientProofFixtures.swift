import JOSE
import Synchronization

@testable import OIDCLogic

/// Key sets and request objects that clients publish, and assertions that were spent.
final class ClientProofFixture: PublishedKeys, PublishedRequestObjects, AssertionStore, Sendable {
    private struct State {
        var requests: [WebURI: String] = [:]
        var published: [KeyPlace: JWKSet] = [:]
        var newer: [KeyPlace: JWKSet] = [:]
        var refetches = 0
        var spent: [[UInt8]: Timestamp] = [:]
    }

    private let state = Mutex(State())

    var refetches: Int { state.withLock(\.refetches) }
    var spent: [Timestamp] { state.withLock { Array($0.spent.values) } }

    func publish(_ keys: [JSON], at uri: String, newer: [JSON]? = nil) throws {
        if let uri = WebURI(uri) { try publish(keys, at: .uri(uri), newer: newer) }
    }

    func publish(_ keys: [JSON], at place: KeyPlace, newer: [JSON]? = nil) throws {
        let set = try JWKSet(["keys": .array(keys)])
        let newerSet = try newer.map { try JWKSet(["keys": .array($0)]) }
        state.withLock { state in
            state.published[place] = set
            state.newer[place] = newerSet
        }
    }

    func keys(at place: KeyPlace) throws(PublishedKeysFault) -> JWKSet {
        guard let set = state.withLock({ $0.published[place] }) else {
            throw .unavailable("nothing is published")
        }
        return set
    }

    func newerKeys(at place: KeyPlace) throws(PublishedKeysFault) -> JWKSet? {
        state.withLock { state in
            state.refetches += 1
            return state.newer[place]
        }
    }

    func publish(request: String, at uri: String) {
        if let uri = WebURI(uri) { state.withLock { $0.requests[uri] = request } }
    }

    func requestObject(at uri: WebURI) throws(OAuthError) -> String {
        guard let request = state.withLock({ $0.requests[uri] }) else {
            throw .invalidRequestURI("nothing is published")
        }
        return request
    }

    func isSpent(_ assertion: AssertionID) -> Bool { state.withLock { $0.spent[assertion.digest] != nil } }

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

extension RequestObjectRules {
    static func fixture(
        _ fixture: ClientProofFixture = ClientProofFixture(), at now: Timestamp = .noon
    ) throws -> RequestObjectRules {
        RequestObjectRules(
            issuer: try .fixture(), secrets: ClientSecrets(seal: try .fixture()), keys: fixture, published: fixture,
            at: now)
    }
}
