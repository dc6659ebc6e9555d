import Glibc
import Synchronization

/// A server on this machine that answers each connection with bytes of a test's own.
final class ServerFixture: Sendable {
    let port: UInt16
    private let listener: Int32
    private let count = Mutex(0)

    /// How many connections came.
    var connections: Int { count.withLock { $0 } }

    /// `answer` writes what it likes to the connection, which is closed then; each has a thread of its own.
    convenience init(_ answer: @escaping @Sendable (Int32) -> Void) {
        self.init(seeing: { _, connection in answer(connection) })
    }

    /// The same, by what was sent: as much as came at first.
    init(seeing answer: @escaping @Sendable (String, Int32) -> Void) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe _ = bind(listener, pointer, length)
                unsafe _ = getsockname(listener, pointer, &length)
            }
        }
        listen(listener, 64)
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.start { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    // Here, and not where it is shut down: the number would be another listener's while this waits on it.
                    close(listener)
                    return
                }
                self?.count.withLock { $0 += 1 }
                Thread.start {
                    var request = [UInt8](repeating: 0, count: 4096)
                    let count = unsafe read(connection, &request, request.count)
                    answer(String(decoding: request.prefix(max(0, count)), as: UTF8.self), connection)
                    close(connection)
                }
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Whether all was taken.
    @discardableResult
    static func send(_ bytes: some Sequence<UInt8>, to connection: Int32) -> Bool {
        let bytes = Array(bytes)
        return unsafe Glibc.send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    static func text(_ text: String) -> ServerFixture { ServerFixture { send(text.utf8, to: $0) } }
}

private enum Thread {
    private final class Work {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = unsafe Unmanaged.passRetained(Work(run))
        unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            }, work.toOpaque())
        pthread_detach(thread)
    }
}
