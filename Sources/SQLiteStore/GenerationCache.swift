import OIDCLogic

/// Clients, custom claims, signing keys, upstreams and the catalogue of scopes, as one thread read them at one generation of the
/// store. Threads share none of it: what they'd wait for costs more than reading it once each.
struct GenerationCache {
    private struct Contents {
        var generation: Int64 = .min
        var clients: [ClientID: Client] = [:]
        var customClaims: [ClientID: [CustomClaim]] = [:]
        var signingKeys: [SigningKeyRecord]?
        var catalogue: ScopeCatalogue?
        var upstreams: [UpstreamDeclaration]?

        mutating func move(to generation: Int64) {
            if generation != self.generation { self = Contents(generation: generation) }
        }
    }

    /// Entries. Beyond it the cache begins anew.
    static let limit = 1_000

    private var contents = Contents()

    func client(_ id: ClientID, at generation: Int64) -> Client? {
        contents.generation == generation ? contents.clients[id] : nil
    }

    /// Unknown ids aren't kept: whoever asks for many of them would fill the cache.
    mutating func keep(_ client: Client, at generation: Int64) {
        contents.move(to: generation)
        if contents.clients.count >= Self.limit { contents.clients.removeAll() }
        contents.clients[client.id] = client
    }

    func catalogue(at generation: Int64) -> ScopeCatalogue? {
        contents.generation == generation ? contents.catalogue : nil
    }

    mutating func keep(_ catalogue: ScopeCatalogue, at generation: Int64) {
        contents.move(to: generation)
        contents.catalogue = catalogue
    }

    func customClaims(for client: ClientID, at generation: Int64) -> [CustomClaim]? {
        contents.generation == generation ? contents.customClaims[client] : nil
    }

    /// `client` must be there: ids that are made up would fill the cache.
    mutating func keep(_ claims: [CustomClaim], for client: ClientID, at generation: Int64) {
        contents.move(to: generation)
        if contents.customClaims.count >= Self.limit { contents.customClaims.removeAll() }
        contents.customClaims[client] = claims
    }

    func signingKeys(at generation: Int64) -> [SigningKeyRecord]? {
        contents.generation == generation ? contents.signingKeys : nil
    }

    mutating func keep(_ keys: [SigningKeyRecord], at generation: Int64) {
        contents.move(to: generation)
        contents.signingKeys = keys
    }

    func upstreams(at generation: Int64) -> [UpstreamDeclaration]? {
        contents.generation == generation ? contents.upstreams : nil
    }

    mutating func keep(_ upstreams: [UpstreamDeclaration], at generation: Int64) {
        contents.move(to: generation)
        contents.upstreams = upstreams
    }
}
