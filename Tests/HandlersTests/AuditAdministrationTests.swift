import Handlers
import JOSE
import OIDCLogic
import Testing

@Suite struct AuditAdministrationTests {
    let fixture: AdministrationFixture
    private var audit: AuditAdministration { AuditAdministration(store: fixture.store, now: { Self.noon }) }
    private static let noon = AdministrationFixture.noon

    init() throws { fixture = try AdministrationFixture() }

    @Test(arguments: [
        ("2027-01-15", 1_799_971_200), ("2027-01-15 08:00", 1_800_000_000), ("2027-01-15T08:00:09Z", 1_800_000_009),
        ("2027-01-15 08:00 UTC", 1_800_000_000), ("90m", 1_799_994_600), ("30d", 1_797_408_000),
    ])
    func `a time is written in UTC, or as how long ago it was`(text: String, seconds: Int64) {
        #expect(WrittenTime.time(text, now: Self.noon) == Timestamp(seconds))
    }

    @Test(arguments: [
        "", "yesterday", "1800000000", "2027-02-30", "2027-13-01", "2027-01-15T8:00", "2027-01-15x08:00",
        "2027-01-15T08:00:00+01:00", "2027-01-15 25:00", "-3d", "1.5h",
    ])
    func `what might be read in two ways, or never was, is no time`(text: String) {
        #expect(WrittenTime.time(text, now: Self.noon) == nil)
    }

    @Test func `a user is found by name, and once removed by the subject`() throws {
        let ann = try fixture.users.add("ann", password: nil)
        #expect(try audit.query(user: "ann").userID == ann.id)
        _ = try fixture.users.add(ann.id.value, password: nil)
        #expect(try audit.query(user: ann.id.value).userID == ann.id, "whatever others are called")
        _ = try fixture.users.remove("ann")
        #expect(try audit.query(user: ann.id.value).userID == ann.id)
        let refusal = fixture.refusal { _ = try audit.query(user: "ann") }
        #expect(refusal?.contains("there is no user \"ann\"") == true)
    }

    @Test func `a slip is told with what was probably meant`() throws {
        _ = try fixture.clients.register(["client_id": "time-sheets", "redirect_uris": ["https://a.example/"]])
        #expect(fixture.refusal { _ = try audit.query(app: "time-sheet") }?.contains("time-sheets") == true)
        #expect(fixture.refusal { _ = try audit.query(event: "clients.") }?.contains("client.") == true)
        #expect(fixture.refusal { _ = try audit.query(since: "soon") }?.contains("since is \"soon\"") == true)
        #expect(fixture.refusal { _ = try audit.query(until: "soon") }?.contains("until is \"soon\"") == true)
        #expect(try audit.query(app: "time-sheets", event: "client.", since: "1d").eventPrefix == "client.")
    }

    @Test func `a row is JSON in documented words`() throws {
        let actor = AuditActor(
            .registrationToken(InitialAccessTokenID("t")), by: .registration, from: "::1", requestID: "r")
        let record = AuditRecord(
            position: 7, at: Self.noon, event: .clientAdded, actor: actor, objectID: "shop", clientID: ClientID("shop"),
            userID: nil, change: AuditChange(after: ["client_secret": "set"]))
        #expect(
            record.json.text == """
                {"actor":{"id":"t","kind":"registration-token"},"address":"::1","after":{"client_secret":"set"},\
                "client_id":"shop","event":"client.added","object":{"id":"shop","kind":"client"},"position":7,\
                "request_id":"r","time":"2027-01-15T08:00:00Z","via":"registration"}
                """)
    }

    @Test(
        arguments: [
            ("Shop", "Shop"), ("https://a.example/", "https://a.example/"), ("a, scope: b", #""a, scope: b""#),
            ("a; b", #""a; b""#), ("a → b", #""a → b""#), (true, "true"),
        ] as [(JSON, String)])
    func `no name is taken for another member of its row`(value: JSON, text: String) {
        #expect(AuditChange.shown(value) == text)
    }

    @Test func `any number of rows is handed over, as many as are asked for`() throws {
        for number in 0..<1100 { try fixture.store.add(DefinedScope(ScopeName("\(number)"))) }
        for limit in [1, 500, 501, 1100, 5000] {
            var found: [Int64] = []
            try audit.forEachRecord(matching: .all, limit: limit) { found.append($0.position) }
            #expect(found == (0..<Int64(min(limit, 1100))).map { 1100 - $0 })
        }
        let (records, end) = try audit.records(after: 900, matching: AuditQuery(eventPrefix: "user."))
        #expect(records.isEmpty && end == 1100)
        #expect(try audit.records(after: 0, matching: .all).end == 500)
    }

    @Test func `whoever runs the program is known by the operating system, and by sudo`() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("postern.yaml")
        let made = try Initialization(configuration: file, issuer: nil, environment: ["SUDO_USER": "anna"])
        let installation = try Installation(made.configuration, environment: [:])
        _ = try installation.scopes.add("reports")
        var actors: [String] = []
        try installation.audit.forEachRecord(matching: .all, limit: 9) { record in
            guard case .commandLine(let name) = record.actor.who else { return }
            actors.append(name)
        }
        let name = actors.first ?? ""
        #expect(!name.isEmpty && !name.contains("sudo"))
        #expect(actors.dropFirst().allSatisfy { $0 == "\(name) (sudo by anna)" } && actors.count > 1)
    }
}
