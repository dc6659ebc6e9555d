import JOSE
import OIDCLogic
import Synchronization

/// Key sets that a test publishes.
final class PublishedKeysFixture: PublishedKeys {
    private let sets = Mutex<[KeyPlace: JWKSet]>([:])

    func publish(_ keys: [JSON], at uri: String) throws {
        if let uri = WebURI(uri) { try publish(keys, at: .uri(uri)) }
    }

    func publish(_ keys: [JSON], at place: KeyPlace) throws {
        let set = try JWKSet(["keys": .array(keys)])
        sets.withLock { $0[place] = set }
    }

    func keys(at place: KeyPlace) throws(PublishedKeysFault) -> JWKSet {
        guard let set = sets.withLock({ $0[place] }) else { throw .unavailable("no keys") }
        return set
    }

    func newerKeys(at place: KeyPlace) throws(PublishedKeysFault) -> JWKSet? { nil }
}
