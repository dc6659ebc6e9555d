import Glibc

/// A thread of the database's own.
enum DatabaseThread {
    /// Runs `body` on a new thread. False: the system has no thread to give.
    ///
    /// - Parameter givesWay: to threads that answer requests, where there are not cores enough for all.
    static func start(givingWay givesWay: Bool = false, _ body: sending @escaping () -> Void) -> Bool {
        let work = unsafe Unmanaged.passRetained(Work(givesWay: givesWay, body))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { pointer in
                // Signals are the business of the program's other threads.
                var all = sigset_t()
                unsafe sigfillset(&all)
                unsafe pthread_sigmask(SIG_SETMASK, &all, nil)
                guard let pointer = unsafe pointer else { return nil }
                let work = unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
                // On Linux each thread has a priority of its own (setpriority(2), "C library/kernel differences").
                if work.givesWay { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
                work.body()
                return nil
            }, work.toOpaque())
        guard code == 0 else {
            unsafe work.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private final class Work {
        let givesWay: Bool
        let body: () -> Void

        init(givesWay: Bool, _ body: sending @escaping () -> Void) {
            self.givesWay = givesWay
            self.body = body
        }
    }
}

/// A value that threads share, and wait for.
@safe final class Monitor<State: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Only with `mutex` held.
    private var state: State

    init(_ state: State) {
        self.state = state
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // A clock that is set must not end, or prolong, a wait.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// Changes the value, and wakes who waits for it.
    func update<Result>(_ change: (inout State) -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        let result = change(&state)
        unsafe pthread_mutex_unlock(mutex)
        // Only now: who is woken would meet the mutex, and sleep again at once.
        unsafe pthread_cond_broadcast(changed)
        return result
    }

    /// The same for what happens too often to wake anybody each time: only if `change` says so.
    func updateQuietly(_ change: (inout State) -> Bool) {
        unsafe pthread_mutex_lock(mutex)
        let wakes = change(&state)
        unsafe pthread_mutex_unlock(mutex)
        if wakes { unsafe pthread_cond_broadcast(changed) }
    }

    /// Waits until `take` has a result.
    func wait<Result>(_ take: (inout State) -> Result?) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = take(&state) { return result }
            unsafe pthread_cond_wait(changed, mutex)
        }
    }

    /// Waits until `take` has a result, or for `milliseconds`; then it is nil.
    func wait<Result>(atMost milliseconds: Int64, _ take: (inout State) -> Result?) -> Result? {
        let end = Monotonic.milliseconds + milliseconds
        var deadline = timespec()
        deadline.tv_sec = Int(end / 1000)
        deadline.tv_nsec = Int(end % 1000) * 1_000_000
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = take(&state) { return result }
            guard unsafe pthread_cond_timedwait(changed, mutex, &deadline) == 0 else { return take(&state) }
        }
    }
}

/// The clock that nobody sets: for how long to wait, never for what time it is.
enum Monotonic {
    static var milliseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Keeps this thread from doing anything for so long.
    static func rest(_ milliseconds: Int64) {
        var time = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        unsafe clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nil)
    }
}
