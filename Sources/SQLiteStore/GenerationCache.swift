import OIDCLogic
import Synchronization

/// Clients, custom claims, signing keys and the catalogue of scopes, as they were read at one generation of the store, for
/// all threads of the process.
final class GenerationCache: Sendable {
    private struct Contents {
        var generation: Int64 = .min
        var clients: [ClientID: Client] = [:]
        var customClaims: [ClientID: [CustomClaim]] = [:]
        var signingKeys: [SigningKeyRecord]?
        var catalogue: ScopeCatalogue?

        mutating func move(to generation: Int64) {
            if generation != self.generation { self = Contents(generation: generation) }
        }
    }

    /// Entries. Beyond it the cache begins anew.
    private static let limit = 10_000

    private let contents = Mutex(Contents())

    func client(_ id: ClientID, at generation: Int64) -> Client? {
        contents.withLock { $0.generation == generation ? $0.clients[id] : nil }
    }

    /// Unknown ids aren't kept: whoever asks for many of them would fill the cache.
    func keep(_ client: Client, at generation: Int64) {
        contents.withLock { contents in
            contents.move(to: generation)
            if contents.clients.count >= Self.limit { contents.clients.removeAll() }
            contents.clients[client.id] = client
        }
    }

    func catalogue(at generation: Int64) -> ScopeCatalogue? {
        contents.withLock { $0.generation == generation ? $0.catalogue : nil }
    }

    func keep(_ catalogue: ScopeCatalogue, at generation: Int64) {
        contents.withLock { contents in
            contents.move(to: generation)
            contents.catalogue = catalogue
        }
    }

    func customClaims(for client: ClientID, at generation: Int64) -> [CustomClaim]? {
        contents.withLock { $0.generation == generation ? $0.customClaims[client] : nil }
    }

    /// `client` must be there: ids that are made up would fill the cache.
    func keep(_ claims: [CustomClaim], for client: ClientID, at generation: Int64) {
        contents.withLock { contents in
            contents.move(to: generation)
            if contents.customClaims.count >= Self.limit { contents.customClaims.removeAll() }
            contents.customClaims[client] = claims
        }
    }

    func signingKeys(at generation: Int64) -> [SigningKeyRecord]? {
        contents.withLock { $0.generation == generation ? $0.signingKeys : nil }
    }

    func keep(_ keys: [SigningKeyRecord], at generation: Int64) {
        contents.withLock { contents in
            contents.move(to: generation)
            contents.signingKeys = keys
        }
    }
}
