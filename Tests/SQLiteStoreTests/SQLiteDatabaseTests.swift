import Glibc
import OIDCLogic
import StoreContract
import Testing

@testable import SQLiteStore

@Suite struct SQLiteDatabaseTests {
    let file: TemporaryDatabase

    init() throws { file = try TemporaryDatabase() }

    @Test func `a new database is its owner's alone`() throws {
        let database = try file.open()
        try database.store().add(User.fixture())
        for suffix in ["", "-wal", "-shm", ".lock"] {
            var status = stat()
            #expect(unsafe stat(file.path + suffix, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(suffix)")
        }
        #expect(database.warnings.isEmpty)
    }

    @Test func `what others may read, and a network file system, is warned of`() throws {
        _ = try file.open()
        unsafe chmod(file.path, 0o644)
        #expect(try file.open().warnings.count == 1)
        #expect(DatabaseFile.fault(ofFileSystem: 0x6969)?.contains("NFS") == true)
        #expect(DatabaseFile.fault(ofFileSystem: 0xFF53_4D42)?.contains("CIFS") == true)
        #expect(DatabaseFile.fault(ofFileSystem: 0x0102_1997)?.contains("9p") == true)
        #expect(DatabaseFile.fault(ofFileSystem: 0x6573_5546)?.contains("FUSE") == true)
        #expect(DatabaseFile.fault(ofFileSystem: 0xEF53) == nil)
    }

    @Test func `the writer commits durably, and both kinds of connection are guarded`() throws {
        let database = try file.open()
        func pragma(_ name: String) throws -> (writer: Int64?, reader: Int64?) {
            let sql = "PRAGMA \(name)"
            return (
                try database.write { try $0.first(sql, read: { $0.integer(0) }) },
                try database.store().reader.first(sql, read: { $0.integer(0) })
            )
        }
        #expect(try pragma("synchronous").writer == 2)
        #expect(try pragma("foreign_keys").writer == 1)
        #expect(try pragma("journal_size_limit").writer == 8_388_608)
        #expect(try pragma("trusted_schema") == (0, 0))
        let mode = try database.store().reader.first("PRAGMA journal_mode") { row throws(StoreError) in try row.text(0)
        }
        #expect(mode == "wal")
        #expect(throws: StoreError.self) { try database.store().reader.run("DELETE FROM user") }
        #expect(throws: StoreError.self) {
            try database.write { database in
                try database.runScript("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = ''")
            }
        }
    }

    @Test func `it is there again after it was closed`() throws {
        let user = User.fixture()
        try file.open().store().add(user)
        let database = try file.open()
        #expect(try database.store().user(user.id) == user)
        #expect(try database.schemaVersion == Schema.migrations.count)
        #expect(try database.integrityCheck().isEmpty)
    }

    @Test func `a database of an older release is brought up to date, with what it holds`() throws {
        try DatabaseFile(path: file.path).create()
        var client = try Client.fixture()
        // It had no such column.
        client.formerSecret = nil
        do {
            let old = try Database(path: file.path, access: .readWrite)
            try old.runScript(Schema.migrations[0])
            try old.run("PRAGMA application_id = \(Schema.applicationID)")
            try old.run("PRAGMA user_version = 1")
            try old.run(
                "INSERT INTO client VALUES (?1, 1, ?2, ?3, ?4, 1, ?5, ?6)", Value(client.id),
                .text(client.metadata.json.text), Value(client.sealedSecret), .text(client.preset.rawValue),
                Value(client.createdAt), Value(client.updatedAt))
        }
        let database = try file.open()
        #expect(try database.schemaVersion == Schema.migrations.count)
        let store = try database.store()
        #expect(try store.client(client.id) == client)
        #expect(try store.pairwiseSalt().byteCount == 32)
        #expect(try store.declarations().isEmpty)
        try store.apply([.assign(.client(client.id), to: "a.yaml")], at: store.generation())
        #expect(try store.removeClient(client.id) && store.declarations().isEmpty)
    }

    // OpenID Connect Core §8.1: with another salt every app would take every user for a new one.
    @Test func `the pairwise salt is the same for every process, and nobody can change it`() throws {
        let salt = try file.open().store().pairwiseSalt()
        let database = try file.open()
        #expect(try database.store().pairwiseSalt().matches(salt))
        let other = try TemporaryDatabase()
        #expect(try !other.open().store().pairwiseSalt().matches(salt), "nor has another database it")
        for sql in [
            "UPDATE pairwise_salt SET salt = zeroblob(32)", "DELETE FROM pairwise_salt",
            "INSERT INTO pairwise_salt (id, salt) VALUES (2, zeroblob(32))",
            "INSERT OR REPLACE INTO pairwise_salt (id, salt) VALUES (1, zeroblob(32))",
        ] {
            #expect(throws: StoreError.self) { try database.write { try $0.run(sql) } }
        }
        #expect(try database.store().pairwiseSalt().matches(salt))
    }

    @Test func `keys of an older release go on, and of two that signed the newer one does`() throws {
        try DatabaseFile(path: file.path).create()
        do {
            let old = try Database(path: file.path, access: .readWrite)
            let before = try #require(Schema.migrations.firstIndex(of: Schema.signingKeyStates))
            for script in Schema.migrations.prefix(before) { try old.runScript(script) }
            try old.run("PRAGMA application_id = \(Schema.applicationID)")
            try old.run("PRAGMA user_version = \(before)")
            for (kid, alg, status, time) in [
                ("a", "ES256", "active", 1), ("b", "ES256", "active", 2), ("c", "RS256", "active", 1),
                ("d", "RS256", "retired", 1),
            ] {
                try old.run(
                    """
                    INSERT INTO signing_key (kid, alg, status, public_jwk, sealed_private_jwk, created_at)
                    VALUES (?1, ?2, ?3, '{}', 'sealed', ?4)
                    """, .text(kid), .text(alg), .text(status), Value(time))
            }
        }
        let store = try file.open().store()
        let keys = try store.signingKeys()
        #expect(keys.map(\.keyID) == ["a", "c", "d", "b"])
        #expect(keys.map(\.status) == [.retired, .active, .retired, .active])
        #expect(keys[3].state == .active(sealed: "sealed", since: Timestamp(2), longestToken: 30 * 86_400))
        #expect(keys[0].state.sealedPrivateJWK == nil)
        let generation = try store.generation()
        try store.change([.move(keys[3], to: keys[3].retired(at: .noon, lifetimes: Lifetimes()))])
        #expect(try store.generation() != generation)
    }

    // A state that no key can have isn't written, whoever tries.
    @Test(arguments: [
        "status = 'lost'", "sealed_private_jwk = NULL", "active_since = NULL", "longest_token = NULL", "ended_at = 1",
        "published_until = 1", "expires_at = 1", "status = 'retired'", "status = 'next'",
    ])
    func `a wrong state of a key is refused by the database`(change: String) throws {
        let database = try file.open()
        try database.store().add([
            .fixture(state: .active(sealed: "sealed", since: .noon, longestToken: 1))
        ])
        #expect(throws: StoreError.self) {
            try database.write { database in _ = try database.run("UPDATE signing_key SET \(change)") }
        }
    }

    @Test func `upkeep goes on until the database is closed, and not after`() throws {
        let database = try file.open()
        let times = Monitor(0)
        try database.repeating(every: 0, now: { .noon }) { store in
            {
                _ = try? store.generation()
                times.update { $0 += 1 }
                return false
            }
        }
        times.wait { $0 >= 3 ? () : nil }
        database.close()
        #expect(!database.upkeep.update { $0.isGoingOn }, "what was being done is done")
        #expect(throws: StoreError.self) { try database.store().add(User.fixture()) }
    }

    @Test func `upkeep that has more to do does it at once, and ends as well`() throws {
        let database = try file.open()
        let times = Monitor(0)
        try database.repeating(every: 86_400, now: { .noon }) { _ in
            {
                times.update {
                    $0 += 1; return true
                }
            }
        }
        times.wait { $0 >= 3 ? () : nil }
        database.close()
        #expect(!database.upkeep.update { $0.isGoingOn })
    }

    @Test func `a database of a newer release is refused, and left as it is`() throws {
        let newer = Schema.migrations.count + 1
        try file.open().write { database in _ = try database.run("PRAGMA user_version = \(newer)") }
        let error = #expect(throws: StoreError.self) { try file.open() }
        guard case .broken(let text) = error else { throw StoreError.broken("another error") }
        #expect(text.contains("schema \(newer)") && text.contains("newer release"))
        let raw = try Database(path: file.path, access: .readOnly)
        #expect(try Schema.version(of: raw) == newer)
    }

    @Test func `another program's file is refused, and left as it is`() throws {
        try DatabaseFile(path: file.path).create()
        let other = try Database(path: file.path, access: .readWrite)
        try other.runScript("CREATE TABLE user (id)")
        #expect(openingFault()?.isBroken == true)
        #expect(try other.first("SELECT count(*) FROM sqlite_schema", read: { $0.integer(0) }) == 1)
        try other.runScript("DROP TABLE user; PRAGMA application_id = 7")
        #expect(openingFault()?.isBroken == true)
    }

    @Test func `a file that is no database is refused`() throws {
        let descriptor = unsafe Glibc.open(file.path, O_CREAT | O_WRONLY, 0o600)
        let text = Array(String(repeating: "This is a letter. ", count: 100).utf8)
        let written = unsafe text.withUnsafeBytes { bytes in unsafe write(descriptor, bytes.baseAddress, bytes.count) }
        #expect(written == text.count)
        Glibc.close(descriptor)
        #expect(openingFault()?.isBroken == true)
    }

    private func openingFault() -> StoreError? {
        #expect(throws: StoreError.self) { try file.open() }
    }

    @Test func `a migration that fails leaves the schema as it was`() throws {
        try DatabaseFile(path: file.path).create()
        let database = try Database(path: file.path, access: .readWrite)
        try Schema.migrate(database)
        try database.runScript("PRAGMA user_version = 0")
        #expect(throws: StoreError.self, "its tables are there") { try Schema.migrate(database) }
        #expect(!database.isInTransaction)
        #expect(try Schema.version(of: database) == 0)
    }

    @Test func `the writer removes what has expired, however much it is`() throws {
        let rows = PruneSchedule.limit * 2 + 1
        let schedule = PruneSchedule(clock: { .noon }, interval: 20, whileBehind: 1)
        let database = try SQLiteDatabase(path: file.path, pruning: schedule)
        try database.write { database in
            for number in 0..<rows {
                try database.run(
                    "INSERT INTO spent_attempt (id, expires_at) VALUES (?1, ?2)", .text("\(number)"), Value(.noon))
            }
            try database.run("INSERT INTO spent_attempt (id, expires_at) VALUES ('alive', ?1)", Value(.noon + 1))
        }
        let reader = try database.store().reader
        let end = Monotonic.milliseconds + 5000
        var left: Int64?
        repeat {
            left = try reader.first("SELECT count(*) FROM spent_attempt", read: { $0.integer(0) })
            usleep(5000)
        } while left != 1 && Monotonic.milliseconds < end
        #expect(left == 1)
        #expect(try !database.store().spend(AttemptID("alive"), until: .noon))
    }

    @Test func `a cache of clients has a bound`() throws {
        var cache = GenerationCache()
        for number in 0...GenerationCache.limit { cache.keep(try Client.fixture("client-\(number)"), at: 1) }
        #expect(cache.client(ClientID("client-1"), at: 1) == nil)
        #expect(cache.client(ClientID("client-\(GenerationCache.limit)"), at: 1) != nil)
        #expect(cache.client(ClientID("client-\(GenerationCache.limit)"), at: 2) == nil)
    }
}
