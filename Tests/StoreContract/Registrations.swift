import JOSE
import OIDCLogic

func expectRegistrations(in store: some Store) throws {
    try expectTokens(in: store)
    let token = InitialAccessToken.fixture("twice", digest: [2], uses: 2)
    try store.add(token)
    let registration = ClientRegistration.fixture("one", of: "app")
    let app = try Client.fixture()

    try expect(
        try store.register(app, as: registration, spending: .token(token.id), at: .noon), "a client is registered")
    try expect(try store.client(app.id) == app, "as it was given")
    try expect(try store.registration(registration.id) == registration, "every field of a registration comes back")
    try expect(try store.registration(RegistrationID("ONE")) == nil, "the case of an id matters")
    try expect(try store.initialAccessToken(digest: [2])?.usesLeft == 1, "a use is taken")

    try store.recordRefusal(by: token.id)
    try expect(.exists, "an id is taken once") {
        try store.register(app, as: .fixture("two", of: "app"), spending: .token(token.id), at: .noon)
    }
    let unspent = try store.initialAccessToken(digest: [2])
    try expect(unspent?.usesLeft == 1 && unspent?.refusals == 1, "and who came second spends nothing")
    try expect(try store.registration(RegistrationID("two")) == nil, "nor leaves anything")

    let second = try Client.fixture("second")
    let later = Timestamp.noon + 600
    for time in [later, .noon - 1] {
        try expect(
            try !store.register(second, as: .fixture("two", of: "second"), spending: .token(token.id), at: time),
            "a token serves from its beginning to its end")
    }
    try expect(try store.client(second.id) == nil, "and registers nothing else")
    try expect(
        try store.register(second, as: .fixture("two", of: "second"), spending: .token(token.id), at: later - 1),
        "until its last second")
    try expect(try store.initialAccessToken(digest: [2])?.refusals == 0, "a success forgets what was refused")
    let third = try Client.fixture("third")
    try expect(
        try !store.register(third, as: .fixture("three", of: "third"), spending: .token(token.id), at: .noon),
        "a token that is spent serves no more")
    try expect(
        try store.register(third, as: .fixture("three", of: "third"), spending: .none, at: .noon),
        "open registration needs none")

    try expect(try store.registration(of: app.id) == registration, "it is found by its client as well")
    try store.add(Client.fixture("made"))
    try expect(try store.registration(of: ClientID("made")) == nil, "one that didn't register itself has none")
    try expectRotation(of: registration, app, in: store)
    try expect(try store.removeClient(app.id), "a client is removed")
    try expect(try store.registration(registration.id) == nil, "with its registration")
    try expectRefusedBodies(in: store)
    try expectCITokens(in: store)
    try expectApproval(in: store)
}

private func expectCITokens(in store: some Store) throws {
    let id = AssertionID("job", of: ClientID("ci"))
    let proof = RegistrationProof.ciToken(id, until: .noon + 60)
    let client = try Client.fixture("job")
    try expect(.exists, "a client that is there is not replaced") {
        try store.register(try .fixture("third"), as: .fixture("taken", of: "third"), spending: proof, at: .noon)
    }
    try expect(
        try store.register(client, as: .fixture("job", of: "job"), spending: proof, at: .noon),
        "and what failed spent nothing")
    let other = try Client.fixture("job-2")
    try expect(
        try !store.register(other, as: .fixture("job-2", of: "job-2"), spending: proof, at: .noon),
        "a CI token serves once")
    try expect(try store.client(other.id) == nil, "and registers nothing else")
    try expect(try !store.spend(id, until: .noon + 60), "its id is kept")
    _ = try store.prune(at: .noon + 59, limit: 500)
    try expect(try !store.spend(id, until: .noon + 60), "until its end")
    _ = try store.prune(at: .noon + 60, limit: 500)
    try expect(try store.spend(id, until: .noon + 60), "and no longer")
}

private func expectApproval(in store: some Store) throws {
    try expect(try store.clientsAwaitingApproval(after: nil, limit: 10).isEmpty, "at first nobody waits")
    let late = try Client.fixture("a-late", approval: .awaited, createdAt: .noon + 5)
    let early = try Client.fixture("b-early", approval: .awaited)
    try store.add(late)
    try store.add(early)
    try expect(try store.client(late.id) == late, "that a client waits comes back")
    try expect(
        try store.clientsAwaitingApproval(after: nil, limit: 10) == [early, late], "who waits the longest comes first")
    try expect(try store.clientsAwaitingApproval(after: nil, limit: 1) == [early], "no more than is asked for")
    let position = WaitingPosition(registeredAt: early.createdAt, client: early.id)
    try expect(
        try store.clientsAwaitingApproval(after: position, limit: 10) == [late], "a page begins after the one before")
    var approved = early
    approved.approve()
    let next = try store.replace(approved)
    try expect(try next.approval == .given && store.client(early.id) == next, "an approval is kept")
    try expect(try store.clientsAwaitingApproval(after: nil, limit: 10) == [late], "and ends the waiting")
    try expect(.changed, "what was decided on an older state isn't done") { try store.replace(approved) }
    try expect(try store.removeClient(late.id), "one that waits is removed")
    try expect(try store.clientsAwaitingApproval(after: nil, limit: 10).isEmpty, "and waits no more")
    let origins = try Client.fixture("origins", approval: .awaited)
    for id in try store.clients(after: nil, limit: 100).map(\.id) { _ = try store.removeClient(id) }
    try store.add(origins)
    let origin = try origins.metadata.webOrigins.first.orBroken("the fixture has an origin")
    try expect(try !store.isRegistered(origin), "nobody's pages are those of a client that waits")
    var open = origins
    open.approve()
    try store.replace(open)
    try expect(try store.isRegistered(origin), "until it is approved")
}

private func expectTokens(in store: some Store) throws {
    let token = InitialAccessToken.fixture("first", digest: [1])
    try store.acting(as: AuditActor(.client(ClientID("pipeline")), by: .api), at: .noon) { try store.add(token) }
    try expect(try store.initialAccessToken(digest: [1]) == token, "every field of a token comes back as it went in")
    try expect(try store.initialAccessToken(digest: [1, 0]) == nil, "a digest is all of its bytes")
    try expect(.exists, "a digest is one token's") { try store.add(.fixture("other", digest: [1])) }
    try expect(.exists, "an id is taken once") { try store.add(.fixture("first", digest: [9])) }

    for number in 10..<13 { try store.add(.fixture("t\(number)", digest: [UInt8(number)])) }
    try expect(
        try store.initialAccessTokens(before: nil, limit: 10).map(\.id.value) == ["t12", "t11", "t10", "first"],
        "the newest comes first")
    try expect(
        try store.initialAccessTokens(before: InitialAccessTokenID("t12"), limit: 2).map(\.id.value) == ["t11", "t10"],
        "a page begins after an id")
    for number in 10..<13 {
        try expect(try store.removeInitialAccessToken(InitialAccessTokenID("t\(number)")), "a token is removed")
    }
    try expect(try !store.removeInitialAccessToken(InitialAccessTokenID("t10")), "the second time there is none")

    let end = token.expiresAt + InitialAccessToken.memory
    _ = try store.prune(at: end - 1, limit: 500)
    try expect(try store.initialAccessToken(digest: [1]) != nil, "one that has ended is told of for a while")
    _ = try store.prune(at: end, limit: 500)
    try expect(try store.initialAccessToken(digest: [1]) == nil, "and no longer")
}

private func expectRotation(of registration: ClientRegistration, _ client: Client, in store: some Store) throws {
    var changed = client
    changed.metadata = try .fixture(name: "Renamed")
    let next = try store.replace(changed, in: registration.id, offering: [7])
    try expect(next == changed.next, "the client is replaced")
    let offered = try store.registration(registration.id)
    try expect(offered?.digest == registration.digest && offered?.nextDigest == [7], "a token is offered")
    try expect(.changed, "a change of an older version is refused") {
        try store.replace(changed, in: registration.id, offering: [8])
    }
    try expect(try store.registration(registration.id) == offered, "and offers nothing")
    try expect(.missing, "nobody replaces a client by the registration of another, or of one that was removed") {
        try store.replace(next, in: RegistrationID("other"), offering: [8])
    }
    let again = try store.replace(next, in: registration.id, offering: nil)
    try expect(try store.registration(registration.id) == offered, "an offer stays")
    try store.acceptOffer([8], in: registration.id)
    try expect(try store.registration(registration.id) == offered, "another token takes no place")
    try store.acceptOffer([7], in: registration.id)
    let accepted = try store.registration(registration.id)
    try expect(
        accepted?.digest == [7] && accepted?.nextDigest == nil, "it takes the place of the old one when it is used")
    try expect(try store.client(client.id) == again, "and nothing else")
}

private func expectRefusedBodies(in store: some Store) throws {
    let token = InitialAccessToken.fixture("refused", digest: [3])
    try store.add(token)
    for _ in 0..<InitialAccessToken.refusalLimit { try store.recordRefusal(by: token.id) }
    try store.recordRefusal(by: InitialAccessTokenID("nobody"))
    try expect(
        try !store.register(
            try Client.fixture("late"), as: .fixture("late", of: "late"), spending: .token(token.id), at: .noon),
        "so many refusals end a token")
    try expect(try store.initialAccessToken(digest: [3])?.usesLeft == 1, "and spend nothing")
}

extension InitialAccessToken {
    /// Every member is there. Good for ten minutes from noon.
    static func fixture(_ id: String, digest: [UInt8], uses: Int = 1) -> InitialAccessToken {
        InitialAccessToken(
            id: InitialAccessTokenID(id), digest: digest,
            permit: RegistrationPermit(
                preset: .standard, isFirstParty: false, scope: Scope(names: ["openid", "clerk"]),
                grantTypes: [.clientCredentials],
                redirectHosts: ["app.example", "*.apps.example"].compactMap(RedirectHost.init),
                resources: ["https://api.example/"].compactMap(ResourceIndicator.init)),
            note: AwkwardName.quoted, uses: uses, usesLeft: uses, createdAt: .noon, expiresAt: .noon + 600,
            issuedBy: .client(ClientID("pipeline")))
    }
}

extension ClientRegistration {
    static func fixture(_ id: String, of client: String) -> ClientRegistration {
        ClientRegistration(
            id: RegistrationID(id), clientID: ClientID(client), digest: [0, 1, 0], permit: RegistrationPermit())
    }
}
