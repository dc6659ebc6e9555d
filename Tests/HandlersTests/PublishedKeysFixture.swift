import JOSE
import OIDCLogic
import Synchronization

/// Key sets that a test publishes.
final class PublishedKeysFixture: PublishedKeys {
    private let sets = Mutex<[String: JWKSet]>([:])

    func publish(_ keys: [JSON], at uri: String) throws {
        let set = try JWKSet(["keys": .array(keys)])
        sets.withLock { $0[uri] = set }
    }

    func keys(at uri: WebURI) throws(OAuthError) -> JWKSet {
        guard let set = sets.withLock({ $0[uri.value] }) else { throw .temporarilyUnavailable(cause: "no keys") }
        return set
    }

    func newerKeys(at uri: WebURI) throws(OAuthError) -> JWKSet? { nil }
}
