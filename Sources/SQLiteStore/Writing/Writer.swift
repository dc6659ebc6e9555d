import OIDCLogic

/// A change that waits for the writer, and whoever waits for the change.
final class PendingWrite: Sendable {
    typealias Outcome = Result<Void, any Error>

    fileprivate let change: @Sendable (Database) throws -> Void
    private let outcome = Monitor<Outcome?>(nil)

    init(_ change: @escaping @Sendable (Database) throws -> Void) { self.change = change }

    /// Waits until it is on disk, or has failed.
    func wait() throws { try outcome.wait { $0 }.get() }

    fileprivate func finish(_ outcome: Outcome) { self.outcome.update { $0 = outcome } }
}

/// The writes of all threads, until the writer takes them.
struct WriteQueue: Sendable {
    fileprivate enum Event {
        case work, observations, closed
    }

    fileprivate var waiting: [PendingWrite] = []
    fileprivate var isClosed = false
    fileprivate(set) var observations = ObservationQueue()

    var count: Int { waiting.count }

    /// False: nobody takes it any more.
    mutating func append(_ write: PendingWrite) -> Bool {
        if isClosed { return false }
        waiting.append(write)
        return true
    }

    mutating func close() { isClosed = true }

    mutating func offer(_ refusal: RefusalRecord) -> RefusalOffer {
        isClosed ? .dropped : observations.offer(refusal)
    }

    /// False: it is dropped.
    mutating func offer(useOf client: ClientID, at now: Timestamp) -> Bool {
        !isClosed && observations.offer(useOf: client, at: now)
    }

    /// True: whoever writes should look.
    mutating func count(_ event: TokenServiceHour) -> Bool { !isClosed && observations.count(event) }

    /// True: whoever writes should look.
    mutating func note(_ event: UpstreamEvent, of upstream: UpstreamName, at now: Timestamp) -> Bool {
        !isClosed && observations.note(event, of: upstream, at: now)
    }

    fileprivate func event() -> Event? {
        if !waiting.isEmpty { return .work }
        if isClosed { return .closed }
        return observations.isDue ? .observations : nil
    }

    fileprivate mutating func takeObservations() -> Observations { observations.take() }

    fileprivate mutating func dropObservations() {
        _ = takeObservations()
        didWrite(Observations())
    }

    fileprivate mutating func didWrite(_ left: Observations) { observations.didWrite(left) }

    fileprivate mutating func take() -> [PendingWrite] {
        defer { waiting = [] }
        return waiting
    }
}

/// The one thread of a process that writes. It commits whatever waits at once: one fsync for all of them.
struct Writer {
    let queue: Monitor<WriteQueue>
    let database: Database
    let lock: DatabaseLock
    var schedule: PruneSchedule?
    let pruning: Pruning
    let observations: ObservationWriter

    /// Returns when the queue is closed and empty.
    mutating func run() {
        while true {
            switch nextEvent() {
            case .closed:
                writeObservations()
                queue.update { $0.dropObservations() }
                return
            case .work:
                commitWaiting()
                // Busy for long is no reason to keep none.
                if queue.update({ $0.observations.isDue }) { writeObservations() }
            case .observations: writeObservations()
            case nil: break
            }
            pruneIfDue()
        }
    }

    /// Nil: it is time to look again.
    private func nextEvent() -> WriteQueue.Event? {
        let times = [schedule?.millisecondsLeft, queue.update { $0.observations.pauseLeft }].compactMap { $0 }
        guard let time = times.min() else { return queue.wait { $0.event() } }
        return queue.wait(atMost: time) { $0.event() }
    }

    private func writeObservations() {
        let taken = queue.update { $0.takeObservations() }
        guard !taken.isEmpty else { return }
        let left = observations.write(taken, in: database, under: lock)
        queue.update { $0.didWrite(left) }
    }

    private func commitWaiting() {
        do {
            try lock.acquire()
        } catch {
            for write in queue.update({ $0.take() }) { write.finish(.failure(error)) }
            return
        }
        // Taken only now, with whatever came while another process was writing.
        let writes = queue.update { $0.take() }
        let outcomes = commit(writes)
        lock.release()
        // Nobody is woken before COMMIT has returned.
        for (write, outcome) in zip(writes, outcomes) { write.finish(outcome) }
    }

    /// All in one transaction.
    private func commit(_ writes: [PendingWrite]) -> [PendingWrite.Outcome] {
        do {
            if let outcomes = try inOneTransaction(writes, outcome: outcomeWithoutSavepoint) { return outcomes }
            // One failed after it had changed something, and took the others along: again, each apart from the others.
            return try inOneTransaction(writes, outcome: outcomeInSavepoint) ?? []
        } catch {
            if database.isInTransaction { try? database.runScript("ROLLBACK") }
            // Nothing of the batch is there, so what a member was told within it, success or refusal, is void.
            let failure = Self.failure(of: error)
            return writes.map { _ in .failure(failure) }
        }
    }

    /// Nil, and nothing has changed: one of them has no outcome. Throws if the transaction is lost.
    private func inOneTransaction(
        _ writes: [PendingWrite], outcome: (PendingWrite) throws -> PendingWrite.Outcome?
    ) throws -> [PendingWrite.Outcome]? {
        try database.run("BEGIN IMMEDIATE")
        var outcomes: [PendingWrite.Outcome] = []
        for write in writes {
            guard let outcome = try outcome(write) else {
                try database.run("ROLLBACK")
                return nil
            }
            outcomes.append(outcome)
        }
        try database.run("COMMIT")
        return outcomes
    }

    /// A savepoint keeps a copy of each page that the write alters, and hardly any write fails. Nil: it has failed, and left changes.
    private func outcomeWithoutSavepoint(of write: PendingWrite) throws -> PendingWrite.Outcome? {
        let before = database.changeCount
        do {
            try write.change(database)
            return .success(())
        } catch {
            // A full disk, an I/O error and the like end more than the statement.
            guard database.isInTransaction else { throw error }
            return database.changeCount == before ? .failure(error) : nil
        }
    }

    /// Throws if the transaction is lost.
    private func outcomeInSavepoint(of write: PendingWrite) throws -> PendingWrite.Outcome? {
        try database.run("SAVEPOINT member")
        do {
            try write.change(database)
            try database.run("RELEASE member")
            return .success(())
        } catch {
            guard database.isInTransaction else { throw error }
            try database.run("ROLLBACK TO member")
            try database.run("RELEASE member")
            return .failure(error)
        }
    }

    private static func failure(of error: any Error) -> StoreError {
        switch error {
        case StoreError.unavailable(let text): .unavailable(text)
        case StoreError.broken(let text): .broken(text)
        default: .unavailable("the transaction was rolled back: \(type(of: error))")
        }
    }

    /// In a transaction of its own, so that its failure is nobody else's.
    private mutating func pruneIfDue() {
        guard let schedule, schedule.millisecondsLeft == 0 else { return }
        let removed = try? prune(at: schedule.clock())
        self.schedule?.didRun(removing: removed)
    }

    private func prune(at now: Timestamp) throws -> [Int] {
        try lock.acquire()
        defer { lock.release() }
        do {
            try database.run("BEGIN IMMEDIATE")
            let removed = try pruning.step(in: database, at: now, limit: PruneSchedule.limit)
            try database.run("COMMIT")
            return removed
        } catch {
            if database.isInTransaction { try? database.runScript("ROLLBACK") }
            throw error
        }
    }
}
