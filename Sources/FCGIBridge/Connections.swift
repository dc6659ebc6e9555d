import CFCGI
import Glibc
import Synchronization

/// The connections of one process, watched by all its workers together: any number of kept connections share few
/// threads. Whoever is woken accepts, or takes the connection that has something to say.
final class Connections: Sendable {
    enum Ready {
        case listening
        case connection(Int32)
        case stop
    }

    private let listening: Int32
    private let set: Int32
    private let stopping: Int32
    /// Becomes readable when a drain has come to its end, or a worker has failed.
    let notice: Int32
    private let isDraining = Atomic<Bool>(false)
    private let open = Atomic<Int>(0)

    /// - Parameter listening: a listening socket, shared with other processes.
    init(listening: Int32) throws(SystemError) {
        self.listening = listening
        set = try SystemError.check("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
        stopping = try SystemError.check("eventfd") { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) }
        notice = try SystemError.check("eventfd") { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) }
        // Many are woken and one accepts: the others must not wait in accept.
        let flags = fcntl(listening, F_GETFL)
        _ = try SystemError.check("fcntl") { fcntl(listening, F_SETFL, flags | O_NONBLOCK) }
        try watch(stopping, EPOLLIN.rawValue)
        try watch(listening, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue)
    }

    deinit {
        close(set)
        close(stopping)
        close(notice)
    }

    var openCount: Int { open.load(ordering: .sequentiallyConsistent) }

    var isDrained: Bool { isDraining.load(ordering: .sequentiallyConsistent) && openCount == 0 }

    /// Waits for the next thing to do.
    func next() -> Ready {
        while true {
            var event = unsafe epoll_event()
            guard unsafe epoll_wait(set, &event, 1, -1) == 1 else { continue }
            switch unsafe event.data.fd {
            case listening: return .listening
            case stopping: return .stop
            case let connection: return .connection(connection)
            }
        }
    }

    /// Accepts one connection, if another worker or process was not quicker, and watches it.
    func accept() throws(SystemError) {
        // Counted before the look at the flag: a drain that begins meanwhile either is seen here or sees the count.
        open.add(1, ordering: .sequentiallyConsistent)
        guard !isDraining.load(ordering: .sequentiallyConsistent) else { return closed() }
        let connection = accept4(listening, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        guard connection >= 0 else {
            let reason = errno
            closed()
            switch reason {
            // ENOTSOCK: a drain began in between.
            case EAGAIN, EINTR, ECONNABORTED, ENOTSOCK: return
            default: throw SystemError(call: "accept4", errno: reason)
            }
        }
        Self.prepare(connection)
        do throws(SystemError) {
            try watch(connection, EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue)
        } catch {
            close(connection)
            closed()
            throw error
        }
    }

    /// Watches a connection again whose request has been answered.
    func rearm(_ connection: Int32) {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue
        unsafe event.data.fd = connection
        if unsafe epoll_ctl(set, EPOLL_CTL_MOD, connection, &event) != 0 {
            close(connection)
            closed()
        }
    }

    /// Says that a connection was closed.
    func closed() {
        open.subtract(1, ordering: .sequentiallyConsistent)
        if isDrained { giveNotice() }
    }

    /// Takes no new connections. Open ones are served until the web server closes them: it alone knows whether a
    /// request is on its way.
    func drain() {
        guard !isDraining.exchange(true, ordering: .sequentiallyConsistent) else { return }
        // Other processes hold the same socket: it isn't shut down, and must leave the set before it is let go.
        _ = epoll_ctl(set, EPOLL_CTL_DEL, listening, nil)
        let null = unsafe Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
        if null >= 0 {
            dup2(null, listening)
            close(null)
        }
        if isDrained { giveNotice() }
    }

    /// Sends the workers home, each when it is through with what it does.
    func stop() {
        _ = eventfd_write(stopping, 1)
    }

    func giveNotice() {
        _ = eventfd_write(notice, 1)
    }

    private func watch(_ descriptor: Int32, _ events: UInt32) throws(SystemError) {
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.fd = descriptor
        _ = try SystemError.check("epoll_ctl") { unsafe epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) }
    }

    /// A peer that stops in the middle of a record must not hold a worker for ever.
    private static func prepare(_ connection: Int32) {
        var receive = timeval(tv_sec: 10, tv_usec: 0)
        var send = timeval(tv_sec: 30, tv_usec: 0)
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &receive, size)
        unsafe setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &send, size)
        // Fails on a Unix socket, which needs no such thing.
        unsafe setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}
