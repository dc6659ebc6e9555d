import JOSE
import OIDCLogic

/// What an administrator does, by whichever road they come.
struct Administration {
    let clients: ClientAdministration
    let users: UserAdministration
    let sessions: SessionAdministration
    let grants: GrantAdministration
    let consents: ConsentAdministration
    let roles: RoleAdministration
    let groups: GroupAdministration
    let scopes: ScopeAdministration
    let claims: ClaimAdministration
    let tokens: InitialAccessTokenAdministration
    let keys: SigningKeyAdministration
    let audit: AuditAdministration
    let explanations: Explanations

    init(
        store: any Store, policy: [PolicyRule], claims settings: ClaimSettings, issuer: Issuer, lifetimes: Lifetimes,
        resources: ResourceServers, seal: @escaping () throws -> Seal, sectors: SectorRule,
        random: any RandomSource = SystemRandom(), now: @escaping Clock
    ) {
        clients = ClientAdministration(
            store: store, resources: resources, seal: seal, sectors: sectors, random: random, now: now)
        users = UserAdministration(store: store, random: random, now: now)
        sessions = SessionAdministration(store: store, lifetimes: lifetimes, now: now)
        grants = GrantAdministration(store: store, sessions: sessions, now: now)
        consents = ConsentAdministration(store: store)
        roles = RoleAdministration(store: store)
        groups = GroupAdministration(store: store)
        scopes = ScopeAdministration(store: store, policy: policy)
        claims = ClaimAdministration(store: store, settings: settings, policy: policy, random: random, now: now)
        tokens = InitialAccessTokenAdministration(store: store, random: random, now: now)
        keys = SigningKeyAdministration(store: store, lifetimes: lifetimes, now: now)
        audit = AuditAdministration(store: store, now: now)
        explanations = Explanations(
            store: store, policy: policy, claims: settings, issuer: issuer, lifetimes: lifetimes, resources: resources,
            users: users, clients: clients, now: now)
    }

    init(_ provider: Provider) {
        self.init(
            store: provider.store, policy: provider.rules,
            claims: ClaimSettings(mendixProfile: provider.hasMendixProfile), issuer: provider.issuer,
            lifetimes: provider.lifetimes, resources: provider.resources, seal: { provider.seal },
            sectors: provider.sectors, random: provider.random, now: provider.now)
    }
}
