import JOSE
import OIDCLogic

/// What a client will be, by the rules that bind whoever registers or changes it. Nothing is stored.
struct ClientPreparation {
    private let store: any ClientStore & SigningKeyStore
    private let audiences: AudienceRule
    private let seal: () throws -> Seal
    private let sectors: SectorRule
    private let called: CalledURIRule
    private let random: any RandomSource
    private let ids: IDSource
    private let now: Clock

    init(
        store: any ClientStore & SigningKeyStore, resources: ResourceServers, seal: @escaping () throws -> Seal,
        sectors: SectorRule, random: any RandomSource, ids: IDSource, now: @escaping Clock
    ) {
        self.store = store
        audiences = AudienceRule(store: store, configured: resources)
        self.seal = seal
        self.sectors = sectors
        called = CalledURIRule(sectors.outbound)
        self.random = random
        self.ids = ids
        self.now = now
    }

    /// Throws ``AdministrationError``, `ClientMetadataError` and `StoreError`.
    func newClient(
        _ metadata: JSON, preset: ClaimPreset? = nil, isFirstParty: Bool? = nil, approval: ClientApproval = .given
    ) throws -> RegisteredClient {
        let parsed = try ClientMetadata(metadata)
        try requireSigningKey(for: parsed)
        let id = try chosenID(metadata) ?? ClientID(Base32.encode(ids.bytes()))
        try audiences.check(newID: id)
        try audiences.check(parsed, of: id)
        let secret = try newSecret(metadata, for: parsed)
        let preset = try preset ?? chosenPreset(metadata) ?? .standard
        let isFirstParty = try isFirstParty ?? flag("first_party", of: metadata) ?? true
        try called.check(parsed)
        // The last of all that can be refused here, since it may wait for another's server.
        try sectors.check(parsed)
        let time = now()
        let client = Client(
            id: id, metadata: parsed, sealedSecret: try secret.map { $0.sealed(for: id, by: try seal()) },
            preset: preset, isFirstParty: isFirstParty, approval: approval, createdAt: time, updatedAt: time)
        return RegisteredClient(client: client, secret: secret)
    }

    /// What is wrong with the `client_id` if the store says so.
    static func isTaken(_ id: ClientID) -> String {
        "\"\(id)\" is taken; choose another, or leave it out to have one made"
    }

    /// Throws ``AdministrationError``, `ClientMetadataError` and `StoreError`. The secret is there if it is new.
    func changedClient(_ former: Client, by change: ClientChange) throws -> RegisteredClient {
        var client = former
        client.metadata = try metadata(of: client, after: change)
        try audiences.check(client.metadata, of: client.id, formerly: former.metadata)
        if client.metadata.idTokenSignedResponseAlg != former.metadata.idTokenSignedResponseAlg
            || client.metadata.userInfoSignedResponseAlg != former.metadata.userInfoSignedResponseAlg
        {
            try requireSigningKey(for: client.metadata)
        }
        client.isFirstParty =
            try change.isFirstParty ?? flag("first_party", of: .object(change.metadata))
            ?? client.isFirstParty
        if change.approves { client.approve() }
        let secret = try secret(of: former, after: change, for: client.metadata)
        try called.check(client.metadata, formerly: former.metadata)
        try sectors.check(client.metadata, formerly: former.metadata)
        let time = now()
        if !client.metadata.hasSecret {
            client.sealedSecret = nil
            client.formerSecret = nil
        }
        if let secret {
            client.sealedSecret = secret.sealed(for: client.id, by: try seal())
            let former = change.overlap > 0 ? former.sealedSecret : nil
            client.formerSecret = former.map { FormerSecret(sealed: $0, expiresAt: time + change.overlap) }
        }
        client.updatedAt = max(time, client.updatedAt)
        return RegisteredClient(
            client: client, secret: secret,
            namesUsersAnew: client.metadata.subjectType != former.metadata.subjectType)
    }

    /// Nil: it is approved already. Throws ``AdministrationError`` if it was approved otherwise.
    func approved(_ client: Client, isFirstParty: Bool?) throws -> Client? {
        guard client.approval == .awaited else {
            guard isFirstParty.map({ $0 == client.isFirstParty }) ?? true else {
                throw AdministrationError.exists(
                    "the client \"\(client.id)\" has been approved already, "
                        + "\(client.isFirstParty ? "as first-party" : "as third-party"); first_party is changed like the rest"
                )
            }
            return nil
        }
        var change = ClientChange()
        change.approves = true
        change.isFirstParty = isFirstParty
        return try changedClient(client, by: change).client
    }

    private func metadata(of client: Client, after change: ClientChange) throws -> ClientMetadata {
        if let id = change.metadata["client_id"], id.stringValue.map(ClientID.init) != client.id {
            throw AdministrationError.invalid(
                "client_id can't be changed; register another client, and remove this one")
        }
        if let waits = change.metadata["awaits_approval"], waits != .bool(client.approval == .awaited) {
            throw AdministrationError.invalid(
                "awaits_approval is not changed like the rest: look at the app, then \"postern client approve\"")
        }
        if let preset = change.metadata["preset"], preset.stringValue != client.preset.rawValue {
            throw AdministrationError.invalid(
                "preset can't be changed: apps rely on where their claims are; register another client with it")
        }
        var members = client.metadata.json.objectValue ?? [:]
        for (name, value) in change.metadata {
            if value == .null { members.removeValue(forKey: name) } else { members[name] = value }
        }
        let listed = members["redirect_uris"]?.arrayValue ?? []
        for uri in change.removedRedirectURIs where !listed.contains(where: { $0.hasBytes(of: uri) }) {
            let question = Nearest.question(uri, among: listed.compactMap(\.stringValue))
            throw AdministrationError.missing("the client has no redirect URI \"\(uri)\".\(question)")
        }
        if !change.removedRedirectURIs.isEmpty || !change.addedRedirectURIs.isEmpty {
            var uris = listed.filter { uri in !change.removedRedirectURIs.contains { uri.hasBytes(of: $0) } }
            for uri in change.addedRedirectURIs where !uris.contains(where: { $0.hasBytes(of: uri) }) {
                uris.append(.string(uri))
            }
            members["redirect_uris"] = .array(uris)
        }
        return try ClientMetadata(.object(members))
    }

    /// A client whose ID tokens or userinfo nobody can sign would fail at its users' first sign-in.
    private func requireSigningKey(for metadata: ClientMetadata) throws {
        let wanted = [
            ("id_token_signed_response_alg", metadata.idTokenSignedResponseAlg as SignatureAlgorithm?),
            ("userinfo_signed_response_alg", metadata.userInfoSignedResponseAlg),
        ]
        for case (let member, let algorithm?) in wanted where !ClientMetadata.signingAlgorithms.contains(algorithm) {
            let hasKey = try store.signingKeys().contains { $0.status == .active && $0.algorithm == algorithm }
            guard !hasKey else { continue }
            throw ClientMetadataError(
                member,
                "is \(algorithm.rawValue), and there is no key for it; "
                    + "\"postern key add \(algorithm.rawValue)\" makes one")
        }
    }

    private func secret(
        of former: Client, after change: ClientChange, for metadata: ClientMetadata
    ) throws -> ClientSecret? {
        var wanted = change.secret
        if let member = change.metadata["client_secret"], member != .null {
            guard case .string(let text) = member else {
                throw ClientMetadataError("client_secret", "must be a string")
            }
            wanted = .choose(text)
        }
        switch wanted {
        case .keep where !metadata.hasSecret: return nil
        case _ where !metadata.hasSecret: throw Self.hasNoSecret
        case .keep where former.metadata.hasSecret:
            if let sealed = former.sealedSecret, metadata.fewestSecretBytes > former.metadata.fewestSecretBytes {
                try ClientSecretRule.require(
                    try ClientSecret(sealed: sealed, of: former.id, opening: try seal()), for: metadata)
            }
            return nil
        case .keep, .generate: return ClientSecretRule.generate(from: random, for: metadata)
        case .choose(let text): return try ClientSecretRule.accept(text, for: metadata)
        }
    }

    private func newSecret(
        _ metadata: JSON, for parsed: ClientMetadata
    ) throws(ClientMetadataError) -> ClientSecret? {
        guard let chosen = try text("client_secret", of: metadata) else {
            return parsed.hasSecret ? ClientSecretRule.generate(from: random, for: parsed) : nil
        }
        guard parsed.hasSecret else { throw Self.hasNoSecret }
        return try ClientSecretRule.accept(chosen, for: parsed)
    }

    private static var hasNoSecret: ClientMetadataError {
        ClientMetadataError(
            "client_secret",
            "is given, and a client with token_endpoint_auth_method none or private_key_jwt has none; leave it out")
    }

    private func chosenID(_ metadata: JSON) throws(ClientMetadataError) -> ClientID? {
        guard let text = try text("client_id", of: metadata) else { return nil }
        guard let id = ClientID(registering: text) else {
            throw ClientMetadataError("client_id", "is \(JSON.string(text).shown); it \(ClientID.rule)")
        }
        return id
    }

    private func chosenPreset(_ metadata: JSON) throws -> ClaimPreset? {
        guard let text = try text("preset", of: metadata) else { return nil }
        return try ClaimPreset(naming: text)
    }

    private func text(_ name: String, of metadata: JSON) throws(ClientMetadataError) -> String? {
        guard let value = metadata[name], value != .null else { return nil }
        guard case .string(let text) = value else {
            // A secret is not repeated, however it is written.
            let said = name == "client_secret" ? "" : "is \(value.shown); it "
            throw ClientMetadataError(name, "\(said)must be a string")
        }
        return text
    }

    private func flag(_ name: String, of metadata: JSON) throws(ClientMetadataError) -> Bool? {
        guard let value = metadata[name], value != .null else { return nil }
        guard case .bool(let flag) = value else {
            throw ClientMetadataError(name, "is \(value.shown); it must be true or false")
        }
        return flag
    }
}

extension JSON {
    fileprivate func hasBytes(of text: String) -> Bool { stringValue?.utf8.elementsEqual(text.utf8) ?? false }
}
