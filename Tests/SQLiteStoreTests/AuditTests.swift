import JOSE
import OIDCLogic
import StoreContract
import Testing

@testable import SQLiteStore

@Suite struct AuditTests {
    let file: TemporaryDatabase
    let database: SQLiteDatabase
    let store: SQLiteStore

    init() throws {
        file = try TemporaryDatabase()
        database = try file.open()
        store = try database.store()
    }

    @Test(arguments: [
        "UPDATE audit SET event = 'client.changed'", "UPDATE audit SET at = 0", "DELETE FROM audit",
        "REPLACE INTO audit (position, at, event, actor_kind, via, object) VALUES (1, 0, 'a', 'system', 'system', '')",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit",
        "UPDATE OR REPLACE audit SET position = 2",
    ])
    func `a row is neither changed nor replaced nor removed before its time`(sql: String) throws {
        try store.addFixtures()
        let before = try store.auditRecords(after: 0, limit: 100)
        let outside = try Database(path: file.path, access: .readWrite)
        #expect(throws: StoreError.self) { try outside.run(sql) }
        #expect(try store.auditRecords(after: 0, limit: 100) == before)
        #expect(before.count == 3)
    }

    @Test(arguments: ["client", "client_origin", "audit"])
    func `a change that fails midway leaves no row, and without its row there is no change`(table: String) throws {
        try database.write { database in
            try database.runScript(
                """
                CREATE TEMP TRIGGER fault BEFORE INSERT ON main.\(table) BEGIN SELECT RAISE(ABORT, 'fault'); END
                """)
        }
        let client = try Client.fixture()
        #expect(throws: StoreError.self) { try store.add(client) }
        #expect(try store.client(client.id) == nil)
        #expect(try store.auditEnd() == 0)
    }

    @Test func `a batch that is rolled back leaves no row`() throws {
        try database.write { database in
            try database.runScript(
                "CREATE TEMP TRIGGER fault BEFORE INSERT ON main.client BEGIN SELECT RAISE(ROLLBACK, 'fault'); END")
        }
        #expect(throws: StoreError.self) { try store.add(try Client.fixture()) }
        #expect(try store.auditEnd() == 0)
    }

    @Test func `a store acts for whom it was opened, by their clock`() throws {
        let actor = AuditActor(.commandLine("root"), by: .commandLine)
        let own = try database.store(for: actor, now: { .noon + 3 })
        try own.add(User.fixture())
        try own.acting(as: .system, at: .noon) { try own.add(try Client.fixture()) }
        try store.add(DefinedScope(ScopeName("a")))
        let rows = try store.auditRecords(after: 0, limit: 9)
        #expect(rows.map(\.actor) == [actor, .system, .system])
        #expect(rows.prefix(2).map(\.at) == [.noon + 3, .noon])
        #expect(rows[2].at.seconds > 1_700_000_000, "nobody's clock is the operating system's")
    }

    @Test func `rows go after the time that the configuration says`() throws {
        let other = try TemporaryDatabase()
        let store = try SQLiteDatabase(path: other.path, keepingAudit: 100).store()
        for number in 0..<3 {
            try store.acting(as: .system, at: .noon + Int64(number)) {
                try store.add(DefinedScope(ScopeName("\(number)")))
            }
        }
        _ = try store.prune(at: .noon + 100, limit: 500)
        #expect(try store.auditRecords(after: 0, limit: 9).map(\.position) == [2, 3])
    }

    @Test func `whatever is asked for is found by the index that leaves least to pass over`() throws {
        func indexes(_ query: AuditQuery) throws -> Set<String> {
            let sql = AuditSelection(query).sql
            let plan = try database.write { database in try database.explain(sql) }
            #expect(!plan.contains { $0.contains("SCAN") || $0.contains("TEMP B-TREE") }, "\(plan)")
            return Set(plan.compactMap { $0.split(separator: " ").first { $0.hasPrefix("audit_") }.map(String.init) })
        }
        let user = UserID("a")
        let app = ClientID("a")
        #expect(try indexes(.all) == ["audit_at"])
        #expect(try indexes(AuditQuery(eventPrefix: "session.")) == ["audit_at"])
        #expect(try indexes(AuditQuery(eventPrefix: "client.")) == ["audit_event"])
        #expect(try indexes(AuditQuery(clientID: app, eventPrefix: "client.")) == ["audit_event"])
        #expect(try indexes(AuditQuery(clientID: app)) == ["audit_client_id", "audit_actor"])
        #expect(try indexes(AuditQuery(clientID: app, eventPrefix: "s")) == ["audit_client_id", "audit_actor"])
        for query in [
            AuditQuery(userID: user), AuditQuery(userID: user, clientID: app),
            AuditQuery(userID: user, clientID: app, eventPrefix: "client."),
        ] {
            #expect(try indexes(query) == ["audit_sub", "audit_actor"])
        }
    }

    @Test func `a row is small, however much was changed`() throws {
        var user = User.fixture()
        user.attributes = ["long": .string(String(repeating: "a", count: 50_000)), "short": "b"]
        try store.add(user)
        let row = try store.auditRecords(after: 0, limit: 1)[0]
        #expect(row.change.after["attributes.long"] == "(50002 bytes, left out)")
        #expect(row.change.after["attributes.short"] == "b")
    }

    @Test func `a sign-in writes one row, and a code flow in its session none`() throws {
        try store.addFixtures()
        let end = try store.auditEnd()
        _ = try store.start(.fixture("next"), digest: [9], spending: "next")
        #expect(try store.auditEnd() == end + 1)
        for code in ["a", "b"] { _ = try store.redeemOrRevoke(Grant.fixture(code)) }
        #expect(try store.auditEnd() == end + 1)
    }
}
