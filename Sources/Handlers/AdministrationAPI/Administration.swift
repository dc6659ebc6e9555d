import OIDCLogic

/// The operations that the command line has, for the API.
struct Administration {
    let clients: ClientAdministration
    let users: UserAdministration
    let roles: RoleAdministration
    let groups: GroupAdministration
    let scopes: ScopeAdministration
    let tokens: InitialAccessTokenAdministration
    let keys: SigningKeyAdministration
    let audit: AuditAdministration

    init(_ provider: Provider) {
        let store = provider.store
        clients = ClientAdministration(
            store: store, resources: provider.resources, seal: { provider.seal }, random: provider.random,
            now: provider.now)
        users = UserAdministration(store: store, random: provider.random, now: provider.now)
        roles = RoleAdministration(store: store)
        groups = GroupAdministration(store: store)
        scopes = ScopeAdministration(store: store, policy: provider.rules)
        tokens = InitialAccessTokenAdministration(store: store, random: provider.random, now: provider.now)
        keys = SigningKeyAdministration(store: store, now: provider.now)
        audit = AuditAdministration(store: store, now: provider.now)
    }
}
