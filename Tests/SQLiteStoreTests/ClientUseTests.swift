import OIDCLogic
import StoreContract
import Testing

@testable import SQLiteStore

@Suite struct ClientUseTests {
    private let file: TemporaryDatabase
    private let store: SQLiteStore
    private let app = ClientID("app")

    init() throws {
        file = try TemporaryDatabase()
        store = try file.open().store()
        try store.add(Client.fixture())
    }

    private func use(at time: Timestamp) throws -> Timestamp? {
        store.noteUse(of: app, at: time)
        store.settleObservations()
        return try store.lastUse(of: app)
    }

    @Test func `a thread tells of a client once an hour`() throws {
        #expect(try use(at: .noon) == .noon)
        #expect(try use(at: .noon + 3599) == .noon, "whoever is busy writes nothing")
        #expect(try use(at: .noon + 3600) == .noon + 3600)
    }

    @Test func `a clock that was set back takes nothing back`() throws {
        #expect(try use(at: .noon) == .noon)
        #expect(try use(at: .noon + -60) == .noon)
    }

    @Test func `of very many clients each is told of, sooner or later`() throws {
        for number in 0..<1000 { store.noteUse(of: ClientID("other \(number)"), at: .noon) }
        #expect(try use(at: .noon) == .noon)
        #expect(store.notedUses.count == 1, "what a thread remembers is bounded")
    }

    @Test func `what waits is bounded`() {
        var queue = ObservationQueue()
        for number in 0..<ObservationQueue.useLimit {
            _ = queue.offer(useOf: ClientID("\(number)"), at: .noon)
        }
        let isTaken = queue.offer(useOf: app, at: .noon)
        #expect(!isTaken)
        let again = queue.offer(useOf: ClientID("0"), at: .noon + 1)
        #expect(again, "one that waits takes no room")
        let taken = queue.take()
        #expect(taken.uses.count == ObservationQueue.useLimit && taken.uses[ClientID("0")] == .noon + 1)
    }

    @Test func `what the token service did is counted beside each other, and wakes the writer once`() {
        var queue = ObservationQueue()
        let event = TokenServiceHour(.issued, at: .noon)
        let wakes = (0..<3).map { _ in queue.count(event) }
        #expect(wakes == [true, false, false])
        let taken = queue.take()
        #expect(taken.events == [event: 3])
        _ = queue.count(event)
        queue.didWrite(taken)
        let left = queue.take()
        #expect(left.events == [event: 4], "what could not be written is added")
        for hour in 0..<Int64(ObservationQueue.eventLimit + 5) {
            _ = queue.count(TokenServiceHour(.revoked, at: .noon + hour * 3600))
        }
        let most = queue.take()
        #expect(most.events.count == ObservationQueue.eventLimit, "what waits is bounded")
    }

    @Test func `what could not be written is tried again, and the later one counts`() {
        var queue = ObservationQueue()
        _ = queue.offer(useOf: app, at: .noon)
        let taken = queue.take()
        _ = queue.offer(useOf: app, at: .noon + 5)
        queue.didWrite(taken)
        let left = queue.take()
        #expect(left.uses == [app: .noon + 5])
    }
}
