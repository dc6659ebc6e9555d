import OIDCLogic

/// All in a store that files can declare, and that it depends on, as it was at one moment.
struct DeclaredState: Sendable {
    var clients: [Client] = []
    var catalogue = ScopeCatalogue.empty
    var claims: [CustomClaim] = []
    var signingKeys: [SigningKeyRecord] = []
    /// Which file declares what.
    var files: [DeclaredName: String] = [:]
    var generation: Int64 = 0

    init() {}

    init(_ store: some Store) throws {
        self = try store.reading {
            var state = Self()
            state.generation = try store.generation()
            state.clients = try store.allClients()
            state.catalogue = try store.catalogue()
            state.claims = try store.allCustomClaims()
            state.signingKeys = try store.signingKeys()
            state.files = try store.declarations()
            return state
        }
    }
}
