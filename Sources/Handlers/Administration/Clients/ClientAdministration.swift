import JOSE
import OIDCLogic

/// What an administrator does with clients.
package struct ClientAdministration {
    private let store: any AdministrationStore
    private let preparation: ClientPreparation

    /// `seal` gives that of `state.key`; it is asked for only where a secret is kept. `resources` are those of the
    /// configuration.
    package init(
        store: any AdministrationStore, resources: ResourceServers = ResourceServers(),
        seal: @escaping () throws -> Seal, sectors: SectorRule,
        random: any RandomSource = SystemRandom(), ids: IDSource = .system, now: @escaping Clock
    ) {
        self.store = store
        preparation = ClientPreparation(
            store: store, resources: resources, seal: seal, sectors: sectors, random: random, ids: ids, now: now)
    }

    /// Registers a client by RFC 7591 metadata, which may carry a `client_id` and a `client_secret` of its own. `preset`
    /// and `isFirstParty` come before the members `preset` and `first_party`; without either the client gets the
    /// standard preset, and is first-party, because an administrator makes it.
    ///
    /// Throws ``AdministrationError``, `ClientMetadataError` and `StoreError`; then nothing has changed.
    package func register(
        _ metadata: JSON, preset: ClaimPreset? = nil, isFirstParty: Bool? = nil
    ) throws -> RegisteredClient {
        try ClientMemberRule.check(metadata.objectValue ?? [:])
        if let waits = metadata["awaits_approval"], waits != .null, waits != false {
            throw AdministrationError.invalid(
                "awaits_approval is of apps that register themselves; what an administrator makes waits for nobody, so leave "
                    + "it out"
            ).of("awaits_approval")
        }
        let made = try preparation.newClient(metadata, preset: preset, isFirstParty: isFirstParty)
        do {
            try store.add(made.client)
        } catch StoreError.exists {
            throw AdministrationError.exists("client_id \(ClientPreparation.isTaken(made.client.id))")
        }
        return made
    }

    /// Throws ``AdministrationError`` with the nearest id if there is none.
    package func client(_ id: String) throws -> Client {
        if let client = try store.client(ClientID(id)) { return client }
        let all = try clients()
        if let named = all.first(where: { $0.metadata.name?.utf8.elementsEqual(id.utf8) ?? false }) {
            throw AdministrationError.missing(
                "there is no client with the id \"\(id)\"; the one of that name is \"\(named.id)\"")
        }
        let question = Nearest.question(id, among: all.map(\.id.value))
        throw AdministrationError.missing("there is no client with the id \"\(id)\".\(question)")
    }

    /// Those whose id or name begins with that, by the search of the API.
    package func clients(beginning prefix: String) throws -> [Client] {
        try SearchPage.all { try store.clients(beginning: prefix, after: $0, limit: 500) }
    }

    /// Those that wait for approval, the longest waiting first.
    package func clientsAwaitingApproval() throws -> [Client] {
        try store.clientsAwaitingApproval(after: nil, limit: Int.max)
    }

    /// In order of their ids.
    package func clients() throws -> [Client] { try store.allClients() }

    /// Changes a client. One that needs no secret any more loses it, one that begins to need one is given it. The preset stays: apps read their claims where they always were.
    package func change(_ id: String, _ change: ClientChange) throws -> RegisteredClient {
        try ChangeAgain.whileOthersDo { try changeOnce(id, change) }
    }

    private func changeOnce(_ id: String, _ change: ClientChange) throws -> RegisteredClient {
        try ClientMemberRule.check(change.metadata)
        let client = try client(id)
        try DeclaredRule(store: store).checkChange(of: .client(client.id), "the client \"\(client.id)\"")
        let changed = try preparation.changedClient(client, by: change)
        do {
            return RegisteredClient(
                client: try store.replace(changed.client), secret: changed.secret,
                namesUsersAnew: changed.namesUsersAnew)
        } catch StoreError.missing {
            throw AdministrationError.missing("the client \"\(id)\" was removed meanwhile")
        }
    }

    /// Lets users in to a client that waited for it. Again is a success, unless it says otherwise.
    ///
    /// Throws ``AdministrationError`` if it isn't as `version` was, which the administrator has looked at: it may change
    /// itself meanwhile.
    ///
    /// - Parameter isFirstParty: whether its users are spared the question for their consent; nil: as it was registered.
    package func approve(_ id: String, seenAs version: Int64, isFirstParty: Bool? = nil) throws -> Client {
        let client = try client(id)
        guard let approved = try preparation.approved(client, isFirstParty: isFirstParty) else { return client }
        let hasChanged = AdministrationError.exists(
            "the app \"\(client.id)\" has changed since version \(version): look at it again, with \"client show\"")
        guard client.version == version else { throw hasChanged }
        do { return try store.replace(approved) } catch StoreError.changed { throw hasChanged }
    }

    /// Removes a client with its consents, and revokes its grants. Returns what it was.
    package func remove(_ id: String) throws -> Client {
        let client = try client(id)
        try DeclaredRule(store: store).checkRemoval(of: .client(client.id), "the client \"\(client.id)\"")
        try DeclaredRule(store: store).checkRemoval(ofWhatHangsOn: client.id)
        _ = try store.removeClient(client.id)
        return client
    }
}
