import CFCGI
import Glibc
import Synchronization

/// A FastCGI responder on descriptor 0, as `spawn-fcgi` and systemd hand it over, or a CGI program for one request.
package struct Server {
    /// How long a drain may take, in seconds; nginx keeps no connection longer than its `keepalive_time`.
    private static let drainBound = 30
    /// How long handlers may go on, in seconds, once a drain was cut short.
    private static let grace = 2

    private let threads: Int
    private let log: @Sendable (ServerEvent) -> Void
    private let failure: @Sendable (Failure, RequestHead) -> Response
    private let endpoints: @Sendable (_ worker: Int) throws -> [String: Endpoint]

    /// - Parameters:
    ///   - threads: how many requests are worked on at once, at least one.
    ///   - failure: what to answer where no handler can; it decides the look, the bridge adds `Allow`.
    ///   - endpoints: called once on each worker thread, so that each owns its database connection.
    package init(
        threads: Int, log: @escaping @Sendable (ServerEvent) -> Void,
        failure: @escaping @Sendable (Failure, RequestHead) -> Response,
        endpoints: @escaping @Sendable (_ worker: Int) throws -> [String: Endpoint]
    ) {
        precondition(threads > 0)
        self.threads = threads
        self.log = log
        self.failure = failure
        self.endpoints = endpoints
    }

    /// Whether descriptor 0 is a socket to accept connections from.
    ///
    /// `FCGX_IsCGI` would answer it too, but brings a handler for SIGUSR1 that swallows the signal: a pool told to end
    /// while it begins would stay.
    package static var isListening: Bool {
        var accepts: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length) == 0 && accepts != 0
    }

    /// Serves until SIGTERM, SIGINT, SIGQUIT or SIGUSR1 and the drain that follows; as a CGI program, one request.
    ///
    /// Call it once, on the main thread, before there are others: it sets the signals of the process. A second
    /// signal, or 30 seconds, cut the drain short; if a handler still doesn't return, the process ends here.
    ///
    /// - Returns: the exit status of the program, 0 if all went well.
    package func run() -> Int32 {
        guard Self.isListening else { return answerOnce() }
        do {
            return try serve()
        } catch {
            log(error.event)
            return 1
        }
    }

    private func answerOnce() -> Int32 {
        // What is written to a web server or an upstream that hung up fails there, and ends nothing else.
        signal(SIGPIPE, SIG_IGN)
        do {
            return PlainCGI(dispatch: Dispatch(endpoints: try endpoints(0), failure: failure, log: log)).run()
        } catch {
            log(.workerFailed(error))
            return 1
        }
    }

    private func serve() throws(SystemError) -> Int32 {
        let signals = try StopSignals()
        // More arenas than cores cost memory and bring nothing.
        mallopt(M_ARENA_MAX, 2)
        let connections = try Connections(listening: 0)
        let failed = Failed()
        var workers: [WorkerThread] = []
        for number in 0..<threads {
            do {
                workers.append(try WorkerThread { work(number, connections, failed) })
            } catch {
                log(error.event)
                failed.note()
                connections.giveNotice()
                break
            }
        }
        waitForDrain(signals, connections, failed)
        connections.stop()
        var deadline = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += Self.grace
        for worker in workers where !worker.join(until: deadline) {
            // A thread in SQLite or OpenSSL must not meet their exit handlers.
            _exit(1)
        }
        return failed.isNoted ? 1 : 0
    }

    private func work(_ number: Int, _ connections: Connections, _ failed: Failed) {
        do {
            let dispatch = Dispatch(endpoints: try endpoints(number), failure: failure, log: log)
            Worker(connections: connections, dispatch: dispatch).run()
        } catch {
            log(.workerFailed(error))
            failed.note()
            connections.giveNotice()
        }
    }

    /// Returns when the last connection has been closed, or when that takes too long.
    private func waitForDrain(_ signals: borrowing StopSignals, _ connections: Connections, _ failed: Failed) {
        var end: Int?
        while true {
            let patience = end.map { max(0, $0 - Self.monotonicSeconds) * 1000 } ?? -1
            let signal = signals.wait(orReadable: connections.notice, milliseconds: Int32(patience))
            if connections.isDrained { return }
            if let end, signal || Self.monotonicSeconds >= end {
                return log(.drainCutShort(openConnections: connections.openCount))
            }
            if end == nil, signal || failed.isNoted {
                end = Self.monotonicSeconds + Self.drainBound
                log(.draining(openConnections: connections.openCount))
                connections.drain()
            }
        }
    }

    private static var monotonicSeconds: Int {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec
    }
}

/// Whether a worker could not begin.
private final class Failed: Sendable {
    private let flag = Atomic<Bool>(false)

    var isNoted: Bool { flag.load(ordering: .sequentiallyConsistent) }

    func note() { flag.store(true, ordering: .sequentiallyConsistent) }
}
