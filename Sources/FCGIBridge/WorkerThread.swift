import CFCGI
import Glibc

/// A POSIX thread with a stack of a known size.
@safe struct WorkerThread: @unchecked Sendable {
    // The system's default of 8 MiB is address space for nothing; handlers render pages and parse JSON in this.
    private static let stackSize = 1024 * 1024

    private final class Work {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let handle: pthread_t

    init(_ run: @escaping @Sendable () -> Void) throws(SystemError) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, Self.stackSize)
        var handle = pthread_t()
        let work = unsafe Unmanaged.passRetained(Work(run))
        let failure = unsafe pthread_create(
            &handle, &attributes,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            }, work.toOpaque())
        guard failure == 0 else {
            unsafe work.release()
            throw SystemError(call: "pthread_create", errno: failure)
        }
        self.handle = handle
    }

    /// Waits for the thread to end, until `deadline` (realtime clock) at the most. Whether it did.
    func join(until deadline: timespec) -> Bool {
        var deadline = deadline
        return unsafe pthread_timedjoin_np(handle, nil, &deadline) == 0
    }
}
