import CSQLite
import Glibc
import OIDCLogic
import StoreContract
import Testing

@testable import SQLiteStore

@Suite struct FaultTests {
    let file: TemporaryDatabase
    let database: SQLiteDatabase
    let store: SQLiteStore

    init() throws {
        file = try TemporaryDatabase()
        database = try file.open()
        store = try database.store()
        try store.addFixtures()
    }

    /// Changes something about the writer's own connection.
    private func onWriter(_ sql: String) throws {
        try database.write { database in try database.runScript(sql) }
    }

    /// Runs the changes as members of one batch. Nil: it succeeded.
    private func inOneBatch(_ changes: [@Sendable (SQLiteStore) throws -> Void]) throws -> [StoreError?] {
        let database = database
        let (isBlocking, mayEnd) = (Monitor(false), Monitor(false))
        // While the writer is busy with this one, the others gather.
        let blocker = Monitor(false)
        _ = DatabaseThread.start {
            try? database.write { _ in
                isBlocking.update { $0 = true }
                mayEnd.wait { $0 ? () : nil }
            }
            blocker.update { $0 = true }
        }
        isBlocking.wait { $0 ? () : nil }
        _ = DatabaseThread.start {
            while database.queue.update({ $0.count }) < changes.count { usleep(1000) }
            mayEnd.update { $0 = true }
        }
        let outcomes = try concurrently(changes.count) { number in
            do {
                try changes[number](database.store())
                return (number, StoreError?.none)
            } catch let error as StoreError {
                return (number, error)
            }
        }
        blocker.wait { $0 ? () : nil }
        return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func redeem(_ code: String) -> @Sendable (SQLiteStore) throws -> Void {
        { store in _ = try store.redeemOrRevoke(Grant.fixture(code)) }
    }

    private func codes() throws -> [Bool] {
        try (0..<4).map { try store.grant(GrantID("code \($0)")) != nil }
    }

    @Test func `a refusal fails its own member of a batch`() throws {
        let outcomes = try inOneBatch([
            redeem("code 0"), { try $0.add(User.fixture()) }, redeem("code 2"), redeem("code 3"),
        ])
        #expect(outcomes == [nil, .exists, nil, nil])
        #expect(try codes() == [true, false, true, true])
    }

    @Test func `a member that fails midway leaves nothing`() throws {
        try onWriter(
            """
            CREATE TEMP TRIGGER fault BEFORE INSERT ON main.session
            BEGIN SELECT RAISE(ABORT, 'fault'); END
            """)
        let outcomes = try inOneBatch([
            redeem("code 0"),
            { store in
                _ = try store.start(.fixture(), digest: [1], spending: "attempt")
            },
            redeem("code 2"),
        ])
        #expect(outcomes[0] == nil && outcomes[1]?.isBroken == true && outcomes[2] == nil)
        #expect(try codes() == [true, false, true, false])
        #expect(
            try store.spend(AttemptID("attempt"), until: .noon), "the attempt of the sign-in that failed is unspent")
        #expect(try database.integrityCheck().isEmpty)
    }

    @Test func `a lost transaction fails every member, and the next one is sound`() throws {
        try onWriter(
            """
            CREATE TEMP TRIGGER fault BEFORE INSERT ON main.authorization_grant WHEN new.id = 'code 1'
            BEGIN SELECT RAISE(ROLLBACK, 'fault'); END
            """)
        let outcomes = try inOneBatch([
            redeem("code 0"), redeem("code 1"), redeem("code 2"), { try $0.add(User.fixture()) },
        ])
        #expect(outcomes.allSatisfy { $0?.isBroken == true })
        #expect(try codes() == [false, false, false, false])
        try onWriter("DROP TRIGGER temp.fault")
        #expect(try store.redeemOrRevoke(Grant.fixture("code 1")) == .recorded, "a code that nobody got is unused")
        #expect(try database.integrityCheck().isEmpty)
    }

    @Test func `a commit that fails fails every member`() throws {
        let database = database
        let outcomes = try inOneBatch([
            redeem("code 0"),
            { _ in
                try database.write { database in
                    // Checked at COMMIT only.
                    try database.runScript(
                        """
                        PRAGMA defer_foreign_keys = ON;
                        INSERT INTO consent (sub, client_id, scope, granted_at) VALUES ('sub-1', 'nobody', '', 0)
                        """)
                }
            },
            redeem("code 2"), { try $0.add(User.fixture()) },
        ])
        #expect(outcomes.allSatisfy { $0?.isUnavailable == true })
        #expect(try codes() == [false, false, false, false])
        #expect(try store.redeemOrRevoke(Grant.fixture("code 0")) == .recorded)
        #expect(try database.integrityCheck().isEmpty)
    }

    @Test func `a full disk makes the store unavailable, and nothing else`() throws {
        let pages = try database.write { database in
            try database.first("PRAGMA page_count", read: { $0.integer(0) }) ?? 0
        }
        try onWriter("PRAGMA max_page_count = \(pages)")
        let long = String(repeating: "x", count: 20_000)
        let outcomes = try inOneBatch([
            redeem("code 0"),
            { store in
                let digest: [UInt8] = [1]
                _ = try store.park(long, digest: digest, address: "a", until: .noon + 9, now: .noon, limit: 9)
            },
            redeem("code 2"),
        ])
        #expect(outcomes[1]?.isUnavailable == true)
        #expect(try codes() == [outcomes[0] == nil, false, outcomes[2] == nil, false])
        #expect(try database.integrityCheck().isEmpty)
        #expect(try store.user(UserID("sub-1")) == User.fixture(), "reads go on")

        try onWriter("PRAGMA max_page_count = 1000000")
        #expect(try store.park(long, digest: [1], address: "a", until: .noon + 9, now: .noon, limit: 9))
        #expect(try store.parked(digest: [1], at: .noon) == long)
    }

    @Test func `a database that can't be written is unavailable, never a refusal`() throws {
        #expect(try store.redeemOrRevoke(Grant.fixture()) == .recorded)
        try onWriter("PRAGMA query_only = ON")
        #expect(throws: StoreError.self) { try store.redeemOrRevoke(Grant.fixture()) }
        #expect(try failure { _ = try store.redeemOrRevoke(Grant.fixture()) }?.isUnavailable == true)
        #expect(try failure { _ = try store.spend(AttemptID("a"), until: .noon) }?.isUnavailable == true)
        #expect(try failure { try store.add(User.fixture()) }?.isUnavailable == true)
        #expect(try store.grant(GrantID("code-1")) == Grant.fixture(), "and what is there can be read")
    }

    /// Another process that was stopped while it wrote, or waited to.
    @Test(arguments: [true, false])
    func `a lock that another keeps makes writes fail after a while, for good`(isWriting: Bool) throws {
        let database = try SQLiteDatabase(path: file.path, pruning: nil, patience: 200)
        let store = try database.store()
        let descriptor = unsafe open(file.path + ".lock", O_RDWR)
        defer { close(descriptor) }
        #expect((isWriting ? flock(descriptor, LOCK_EX) : csqlite_set_range_lock(descriptor, F_WRLCK)) == 0)
        let begin = Monotonic.milliseconds
        let failures = try concurrently(4) { number in
            do {
                _ = try database.store().redeemOrRevoke(Grant.fixture("code \(number)"))
                return false
            } catch let error as StoreError {
                return error.isUnavailable
            }
        }
        #expect(failures == [true, true, true, true])
        #expect((200..<5000).contains(Monotonic.milliseconds - begin))
        #expect(try store.user(UserID("sub-1")) == User.fixture(), "reads go on")
        let start = try failure { _ = try SQLiteDatabase(path: file.path, pruning: nil, patience: 50) }
        #expect(start?.isUnavailable == true, "a process that starts then says so")

        #expect((isWriting ? flock(descriptor, LOCK_UN) : csqlite_set_range_lock(descriptor, F_UNLCK)) == 0)
        #expect(try store.redeemOrRevoke(Grant.fixture("code 9")) == .recorded)
        #expect(try codes() == [false, false, false, false], "what has failed isn't made later")
    }

    @Test func `a file that can't be opened is unavailable`() throws {
        let missing = try failure { _ = try SQLiteDatabase(path: "/nonexistent/postern.db") }
        #expect(missing?.isUnavailable == true)
        let folder = try TemporaryDatabase()
        #expect(unsafe mkdir(folder.path, 0o700) == 0)
        #expect(try failure { _ = try SQLiteDatabase(path: folder.path) }?.isUnavailable == true)
        unsafe rmdir(folder.path)
    }

    @Test func `a consent that fails midway leaves its attempt unspent`() throws {
        try onWriter(
            """
            CREATE TEMP TRIGGER fault BEFORE INSERT ON main.consent
            BEGIN SELECT RAISE(ABORT, 'fault'); END
            """)
        let consent = Consent(userID: UserID("sub-1"), clientID: ClientID("app"), scope: .none, grantedAt: .noon)
        #expect(throws: StoreError.self) {
            try store.remember(consent, spending: AttemptID("attempt"), until: .noon)
        }
        #expect(try store.spend(AttemptID("attempt"), until: .noon))
    }

    @Test func `an error names no value`() throws {
        let secret = "s3cret"
        try onWriter(
            "CREATE TEMP TRIGGER fault BEFORE INSERT ON main.client BEGIN SELECT RAISE(ABORT, 'fault'); END")
        let refused = try failure { try store.add(try Client.fixture(name: secret, secret: secret)) }
        #expect(refused?.isBroken == true)
        #expect(!"\(String(describing: refused))".contains(secret))
        let mistyped = try failure {
            try database.write { database in
                _ = try database.run("INSERT INTO spent_attempt (id, expires_at) VALUES ('a', ?1)", .text(secret))
            }
        }
        #expect(mistyped?.isBroken == true, "STRICT tables take no other type")
        #expect(!"\(String(describing: mistyped))".contains(secret))
    }

    @Test func `damage in a row is told, not guessed at`() throws {
        try onWriter("UPDATE user SET attributes = '[]'")
        #expect(try failure { _ = try store.user(UserID("sub-1")) }?.isBroken == true)
        try onWriter("UPDATE user SET attributes = CAST(x'7B22FF223A317D' AS TEXT)")
        #expect(try failure { _ = try store.user(UserID("sub-1")) }?.isBroken == true)
        try store.add([.fixture()])
        try onWriter("UPDATE signing_key SET alg = 'none'")
        #expect(try failure { _ = try store.signingKeys() }?.isBroken == true)
    }

    @Test func `a reader sees nothing of a transaction before its end`() throws {
        let (isHalfway, mayEnd) = (Monitor(false), Monitor(false))
        let (database, hasEnded) = (database, Monitor(false))
        _ = DatabaseThread.start {
            try? database.write { database in
                try database.run("UPDATE user SET username = 'renamed'")
                isHalfway.update { $0 = true }
                mayEnd.wait { $0 ? () : nil }
                try database.run("UPDATE user SET is_disabled = 1")
            }
            hasEnded.update { $0 = true }
        }
        isHalfway.wait { $0 ? () : nil }
        #expect(try store.user(UserID("sub-1")) == User.fixture())
        mayEnd.update { $0 = true }
        hasEnded.wait { $0 ? () : nil }
        let user = try store.user(UserID("sub-1"))
        #expect(user?.username == Username("renamed") && user?.isDisabled == true)
    }

    @Test func `what is read for one request is of one moment, until it writes`() throws {
        let other = try database.store()
        try store.reading {
            #expect(try store.client(ClientID("app")) == .fixture())
            let generation = try store.generation()
            // What others change in between isn't seen, not even where nothing was read of it yet.
            try other.replace(Client.fixture(name: "Renamed"))
            _ = try other.removeUser(UserID("sub-1"))
            #expect(try store.client(ClientID("app"))?.metadata.name == Client.fixture().metadata.name)
            #expect(try store.user(UserID("sub-1")) != nil)
            #expect(try store.generation() == generation)
            store.moveOn()
            #expect(try store.client(ClientID("app"))?.metadata.name == "Renamed")
            try other.replace(try #require(try other.client(ClientID("app"))).renamed("Again"))
            #expect(try store.client(ClientID("app"))?.metadata.name == "Renamed")
            try store.clearFailures(for: [.client(ClientID("app"), address: "192.0.2.1")])
            #expect(try store.client(ClientID("app"))?.metadata.name == "Again")
            #expect(try store.user(UserID("sub-1")) == nil)
            #expect(try store.generation() > generation)
        }
        _ = try other.removeClient(ClientID("app"))
        #expect(try store.client(ClientID("app")) == nil)
    }

    @Test func `a moment ends with its request, also with one that failed`() throws {
        struct Failure: Error {}
        let other = try database.store()
        #expect(throws: Failure.self) {
            try store.reading {
                #expect(try store.user(UserID("sub-1")) != nil)
                throw Failure()
            }
        }
        _ = try other.removeUser(UserID("sub-1"))
        #expect(try store.user(UserID("sub-1")) == nil)
    }

    @Test func `a closed database takes no writes, and has made those that waited`() throws {
        database.close()
        #expect(try failure { _ = try store.redeemOrRevoke(Grant.fixture()) }?.isUnavailable == true)
        #expect(try store.user(UserID("sub-1")) != nil)
        database.close()
    }

    private func failure(_ body: () throws -> Void) throws -> StoreError? {
        do {
            try body()
            return nil
        } catch let error as StoreError {
            return error
        }
    }
}

extension StoreError {
    var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
    var isBroken: Bool { if case .broken = self { true } else { false } }
}

extension Client {
    fileprivate func renamed(_ name: String) -> Client {
        var renamed = self
        renamed.metadata.name = name
        return renamed
    }
}
