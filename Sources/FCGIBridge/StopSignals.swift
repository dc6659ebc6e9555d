import CFCGI
import Glibc

/// The signals that ask the process to end: SIGTERM, SIGINT, and what web servers' tools send: SIGUSR1, and SIGQUIT
/// (nginx's word for a drain, and what multiwatch 1.0.0 sends when it was told `-s TERM`).
struct StopSignals: ~Copyable {
    private let descriptor: Int32

    /// Blocks them in this thread and those it starts from now on, ignores SIGPIPE, and makes libfcgi ready.
    init() throws(SystemError) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGTERM, SIGINT, SIGQUIT, SIGUSR1] { unsafe sigaddset(&signals, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        descriptor = try SystemError.check("signalfd") {
            unsafe signalfd(-1, &signals, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
        }
        // It brings a handler for SIGPIPE.
        FCGX_Init()
        Glibc.signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        close(descriptor)
    }

    /// Waits for a signal, for something to read from `other`, or for the time to pass (-1: for ever).
    /// Whether a signal came. Both are read empty.
    func wait(orReadable other: Int32, milliseconds: Int32) -> Bool {
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(POLLIN), revents: 0),
        ]
        guard unsafe poll(&descriptors, 2, milliseconds) > 0 else { return false }
        if descriptors[1].revents != 0 {
            var count: eventfd_t = 0
            unsafe eventfd_read(other, &count)
        }
        guard descriptors[0].revents != 0 else { return false }
        var received = signalfd_siginfo()
        return unsafe read(descriptor, &received, MemoryLayout<signalfd_siginfo>.size) > 0
    }
}
