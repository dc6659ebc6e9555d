import JOSE
import OIDCLogic

func expectClients(in store: some Store) throws {
    let app = try Client.fixture(name: AwkwardName.quoted, preset: .mendix)
    try store.add(app)
    let read = try store.client(app.id)
    try expect(read == app, "every field of a client comes back as it went in")
    try expect(read?.metadata.scope.names == app.metadata.scope.names, "a scope keeps its order")
    try expect(
        read?.metadata.redirectURIs.map(\.value) == app.metadata.redirectURIs.map(\.value), "URIs keep their order")
    try expect(try store.client(app.id) == app, "and the second time too")
    try expect(try store.client(ClientID("APP")) == nil, "the case of an id matters")
    try expect(try store.client(ClientID("app\u{0}")) == nil, "an id doesn't end at a NUL")

    let spare = Client(
        id: ClientID("spare"),
        metadata: try ClientMetadata(.object(["redirect_uris": .array([.string("https://a.example/")])])),
        sealedSecret: nil, preset: .standard, isFirstParty: false, createdAt: .noon, updatedAt: .noon)
    try store.add(spare)
    try expect(try store.client(spare.id) == spare, "what is left out stays absent")

    try expect(.exists, "an id is taken once") { try store.add(try Client.fixture(name: "Other")) }
    try expect(try store.client(app.id) == app, "and who came second changes nothing")
    try store.add(User.fixture("someone", name: "someone"))
    try expect(.exists, "a client never has a user's subject") { try store.add(try Client.fixture("someone")) }
    try expect(try store.client(ClientID("someone")) == nil, "and isn't there then")

    var changed = app
    changed.metadata = try .fixture(name: "Renamed")
    changed.sealedSecret = nil
    changed.formerSecret = nil
    changed.isFirstParty = false
    changed.updatedAt = .noon + 9
    let next = try store.replace(changed)
    try expect(try store.client(app.id) == next, "a change is seen at the next read")
    try expect(next == changed.next, "as the next version of what was given")
    try expect(.changed, "a change of an older version is refused") { try store.replace(app) }
    try expect(try store.client(app.id) == next, "and changes nothing")
    try expect(.missing, "only what is there can be changed") { try store.replace(try Client.fixture("nobody")) }

    let uris = (0..<100).map { JSON.string("https://a.example/\($0)" + String(repeating: "x", count: 1000)) }
    let large = Client(
        id: ClientID("large"), metadata: try ClientMetadata(.object(["redirect_uris": .array(uris)])),
        sealedSecret: nil, preset: .standard, isFirstParty: false, createdAt: .noon, updatedAt: .noon)
    try store.add(large)
    try expect(try store.client(large.id) == large, "however long it is")
    _ = try store.removeClient(large.id)

    for id in ["b", "a", "B", "~"] { try store.add(try Client.fixture(id)) }
    try expect(
        try store.clients(after: nil, limit: 100).map(\.id.value) == ["B", "a", "app", "b", "spare", "~"],
        "clients come in the order of their ids' bytes")
    try expect(
        try store.clients(after: ClientID("a"), limit: 2).map(\.id.value) == ["app", "b"], "a page begins after an id")
    try expect(try store.clients(after: ClientID("~"), limit: 2).isEmpty, "after the last there is none")
    try expect(try store.clients(after: nil, limit: 0).isEmpty, "a limit of 0 gives none")

    try expectSearchOfClients(in: store)
    try expectRemovalOfClient(next, from: store)
}

private func expectSearchOfClients(in store: some Store) throws {
    for (id, name) in [
        ("find-2", "beta"), ("find-1", "Beta"), ("x-1", "FIND me"), ("x-2", "find me"), ("x-3", "found"),
    ] {
        try store.add(try Client.fixture(id, name: name))
    }
    for size in 1...5 {
        var found: [String] = []
        var position: SearchPosition?
        repeat {
            let page = try store.clients(beginning: "find", after: position, limit: size)
            try expect(page.items.count == size || page.next == nil, "a page is full, or the last")
            found += page.items.map(\.id.value)
            position = page.next
        } while position != nil
        try expect(found == ["find-1", "find-2", "x-1", "x-2"], "ids are found, then names, each once")
    }
    try expect(
        try store.clients(beginning: "FOUND", after: nil, limit: 9).items.map(\.id.value) == ["x-3"],
        "case doesn't matter")
    for none in ["%", "_", "in", "FIND-", "zzz"] {
        try expect(try store.clients(beginning: none, after: nil, limit: 9).items.isEmpty, "text is text: \(none)")
    }
    for id in ["find-1", "find-2", "x-1", "x-2", "x-3"] { _ = try store.removeClient(ClientID(id)) }
}

private func expectRemovalOfClient(_ client: Client, from store: some Store) throws {
    let user = User.fixture()
    try store.add(user)
    try expect(try store.start(.fixture(), digest: [1], spending: "session") == .started, "a session starts")
    let consent = Consent(userID: user.id, clientID: client.id, scope: .standard, grantedAt: .noon)
    try expect(try store.remember(consent, spending: AttemptID("consent"), until: .noon), "a consent is remembered")
    let grant = Grant.fixture(client: client.id.value)
    let other = Grant.fixture("code-2", client: "spare")
    for new in [grant, other] { try expect(try store.redeemOrRevoke(new) == .recorded, "a new code is redeemed") }

    try expect(try store.removeClient(client.id), "a client that is there is removed")
    try expect(try store.client(client.id) == nil, "and is gone at the next read")
    try expect(try !store.removeClient(client.id), "the second time there is none")
    try expect(try store.grant(grant.id)?.isRevoked == true, "its grants are revoked")
    try expect(try store.grant(other.id)?.isRevoked == false, "those of others are not")
    try expect(try store.consent(of: user.id, to: client.id) == nil, "its consents are gone")
    try store.add(client)
    try expect(try store.consent(of: user.id, to: client.id) == nil, "and don't serve a later client of that id")
}
