import CSQLite
import Glibc
import OIDCLogic
import StoreContract
import Testing

@testable import SQLiteStore

@Suite struct RefusalTests {
    let file: TemporaryDatabase
    let database: SQLiteDatabase
    let store: SQLiteStore

    init() throws {
        file = try TemporaryDatabase()
        database = try file.open()
        store = try database.store()
    }

    private func rowCount() throws -> Int64 {
        try store.reader.first("SELECT count(*) FROM refusal", read: { $0.integer(0) }) ?? -1
    }

    /// As a batch of its own would, without the pause between batches.
    private func keep(_ refusals: [RefusalRecord]) throws {
        try database.write { database in try RefusalRing.keep(refusals, in: database) }
    }

    @Test func `the ring is bounded, and the oldest go first`() throws {
        let count = RefusalRecord.limit + 300
        for start in stride(from: 0, to: count, by: 100) {
            try keep((start..<start + 100).map { RefusalRecord.fixture($0) })
        }
        #expect(try rowCount() == RefusalRecord.limit)
        #expect(try store.refusal(RefusalRecord.fixture(299).id) == nil)
        #expect(try store.refusal(RefusalRecord.fixture(300).id) != nil)
        #expect(try store.refusal(RefusalRecord.fixture(count - 1).id) != nil)
    }

    @Test func `a ring that has become too large shrinks in small steps`() throws {
        try database.write { database in
            try database.runScript(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(RefusalRecord.limit + 50))
                INSERT INTO refusal (id, at, content, expires_at) SELECT 'x' || i, 0, '{}', 9 FROM n
                """)
        }
        try keep([.fixture(1)])
        #expect(try rowCount() == RefusalRecord.limit + 49)
    }

    @Test func `a flood from all threads leaves bounded rows`() throws {
        let database = database
        let taken = try concurrently(8) { thread in
            let store = try database.store()
            return (0..<2000).filter { store.offer(.fixture(thread * 2000 + $0, at: .noon)) != .dropped }.count
        }
        database.settleObservations()
        #expect(taken.reduce(0, +) == RefusalSampling.perSecond)
        #expect(try rowCount() == RefusalSampling.perSecond)
    }

    @Test func `what waits is bounded`() throws {
        let mayEnd = Monitor(false)
        let writing = try block(until: mayEnd)
        // Each of another second, so that no sampling holds them back.
        let taken = (0..<1000).filter { store.offer(.fixture($0)) != .dropped }.count
        #expect(taken == ObservationQueue.refusalLimit)
        mayEnd.update { $0 = true }
        writing.wait { $0 ? () : nil }
        database.settleObservations()
        #expect(try rowCount() == Int64(ObservationQueue.refusalLimit))
    }

    /// Keeps the writer busy with a write.
    private func block(until mayEnd: Monitor<Bool>) throws -> Monitor<Bool> {
        let (isWriting, hasEnded) = (Monitor(false), Monitor(false))
        let database = database
        _ = DatabaseThread.start {
            try? database.write { _ in
                isWriting.update { $0 = true }
                mayEnd.wait { $0 ? () : nil }
            }
            hasEnded.update { $0 = true }
        }
        isWriting.wait { $0 ? () : nil }
        return hasEnded
    }

    @Test func `a refusal that can't be written is dropped, and fails nobody else`() throws {
        try store.addFixtures()
        try database.write { database in
            try database.runScript(
                "CREATE TEMP TRIGGER fault BEFORE INSERT ON main.refusal BEGIN SELECT RAISE(ROLLBACK, 'fault'); END")
        }
        #expect(store.offer(.fixture(1)) != .dropped)
        #expect(try store.redeemOrRevoke(Grant.fixture()) == .recorded)
        store.settleObservations()
        #expect(try store.refusal(RefusalRecord.fixture(1).id) == nil)
        #expect(try store.redeemOrRevoke(Grant.fixture("code-2")) == .recorded)
        try database.write { database in try database.runScript("DROP TRIGGER temp.fault") }
        store.offer(.fixture(2))
        store.settleObservations()
        #expect(try store.refusal(RefusalRecord.fixture(2).id) != nil)
        #expect(try database.integrityCheck().isEmpty)
    }

    @Test func `a full disk takes no refusal, and has them again when there is room`() throws {
        try database.write { database in
            let pages = try database.first("PRAGMA page_count", read: { $0.integer(0) }) ?? 0
            try database.runScript("PRAGMA max_page_count = \(pages)")
        }
        for batch in 0..<3 {
            for number in 0..<50 {
                store.offer(.fixture(batch * 50 + number, text: String(repeating: "x", count: 900)))
            }
            store.settleObservations()
        }
        #expect(try rowCount() < 150)
        #expect(try database.integrityCheck().isEmpty)
        try database.write { database in try database.runScript("PRAGMA max_page_count = 1000000") }
        store.offer(.fixture(999))
        store.settleObservations()
        #expect(try store.refusal(RefusalRecord.fixture(999).id) != nil)
    }

    @Test func `a short disk is left to what must last`() throws {
        let other = try TemporaryDatabase()
        let short = try SQLiteDatabase(path: other.path, pruning: nil, refusalReserve: .max)
        let store = try short.store()
        store.offer(.fixture(1))
        store.settleObservations()
        #expect(try store.refusal(RefusalRecord.fixture(1).id) == nil)
        try store.addFixtures()
        #expect(try store.redeemOrRevoke(Grant.fixture()) == .recorded)
    }

    @Test func `while another process writes, a refusal waits, and no request waits for it`() throws {
        try store.addFixtures()
        let descriptor = unsafe open(file.path + ".lock", O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        let begin = Monotonic.milliseconds
        #expect(store.offer(.fixture(1)) != .dropped)
        #expect(try store.user(UserID("sub-1")) != nil)
        #expect(Monotonic.milliseconds - begin < 1000, "neither the offer nor a read waits")
        #expect(try store.refusal(RefusalRecord.fixture(1).id) == nil)
        #expect(flock(descriptor, LOCK_UN) == 0)
        #expect(try store.redeemOrRevoke(Grant.fixture()) == .recorded)
        store.settleObservations()
        #expect(try store.refusal(RefusalRecord.fixture(1).id) != nil)
    }

    @Test func `while a program from outside writes, refusals are dropped, and hold nobody up`() throws {
        let outside = try Database(path: file.path, access: .readWrite)
        try outside.run("BEGIN IMMEDIATE")
        let begin = Monotonic.milliseconds
        store.offer(.fixture(1))
        store.settleObservations()
        #expect(Monotonic.milliseconds - begin < 2000)
        try outside.run("ROLLBACK")
        store.offer(.fixture(2))
        store.settleObservations()
        #expect(try store.refusal(RefusalRecord.fixture(1).id) == nil)
        #expect(try store.refusal(RefusalRecord.fixture(2).id) != nil)
    }

    @Test func `at the end what waits is written, and nothing is taken any more`() throws {
        store.offer(.fixture(1))
        store.settleObservations()
        // Within the pause after the first.
        store.offer(.fixture(2))
        database.close()
        #expect(try store.refusal(RefusalRecord.fixture(2).id) != nil)
        #expect(store.offer(.fixture(3)) == .dropped)
        store.settleObservations()
    }

    @Test func `the end comes also where what waits can't be written`() throws {
        let descriptor = unsafe open(file.path + ".lock", O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        store.offer(.fixture(1))
        database.close()
        store.settleObservations()
        #expect(try store.refusal(RefusalRecord.fixture(1).id) == nil)
    }

    @Test func `a busy writer keeps refusals all the same`() throws {
        try store.addFixtures()
        store.offer(.fixture(1))
        store.settleObservations()
        let database = database
        let mayEnd = Monitor(false)
        let hasEnded = Monitor(0)
        for _ in 0..<4 {
            _ = DatabaseThread.start {
                while !mayEnd.update({ $0 }) {
                    try? database.write { database in _ = try database.run("UPDATE user SET updated_at = 1") }
                }
                hasEnded.update { $0 += 1 }
            }
        }
        store.offer(.fixture(2))
        store.settleObservations()
        #expect(try store.refusal(RefusalRecord.fixture(2).id) != nil)
        mayEnd.update { $0 = true }
        hasEnded.wait { $0 == 4 ? () : nil }
    }
}
