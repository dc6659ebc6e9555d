import OIDCLogic

/// What a process does now and then beside its requests, on threads apart, so that nobody waits for it.
struct Upkeep: Sendable {
    fileprivate var threads = 0
    fileprivate var isEnding = false

    var isGoingOn: Bool { threads > 0 }
}

extension SQLiteDatabase {
    /// Does what `prepare` makes for a thread and a store of its own: now, and every so many seconds from when it is done,
    /// or at once where it says that there is more to do; until the database is closed. Throws
    /// ``StoreError/unavailable(_:)`` if the system has no thread for it.
    package func repeating(
        every seconds: Int64, now: @escaping Clock, _ prepare: @escaping @Sendable (SQLiteStore) -> () -> Bool
    ) throws(StoreError) {
        let store = try store(now: now)
        upkeep.update { $0.threads += 1 }
        let started = DatabaseThread.start(givingWay: true) { [upkeep] in
            let work = prepare(store)
            var pause: Int64
            repeat {
                pause = work() ? 0 : seconds * 1000
            } while upkeep.wait(atMost: pause) { $0.isEnding ? () : nil } == nil
            upkeep.update { $0.threads -= 1 }
        }
        guard !started else { return }
        upkeep.update { $0.threads -= 1 }
        throw .unavailable("the system has no thread for the upkeep")
    }

    /// Whether what is being done should come to its end.
    package var isClosing: Bool { upkeep.update { $0.isEnding } }

    /// Waits for what is being done.
    func endUpkeep() {
        upkeep.update { $0.isEnding = true }
        upkeep.wait { $0.threads == 0 ? () : nil }
    }
}
