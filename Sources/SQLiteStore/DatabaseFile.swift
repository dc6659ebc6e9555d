import CSQLite
import Glibc
import OIDCLogic

/// The database's file, before SQLite opens it.
struct DatabaseFile {
    let path: String

    /// Makes an empty file, readable by its owner only, where there is none. SQLite gives its side files the same mode.
    ///
    /// An existing file isn't opened: closing it would drop the locks that SQLite holds on it in this process.
    func create() throws(StoreError) {
        let descriptor = unsafe open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw .unavailable("can't create \(path): error \(errno)")
        }
    }

    /// What an administrator should know about where the file lies.
    var warnings: [String] {
        var warnings: [String] = []
        if let fault = Self.fault(ofFileSystem: unsafe csqlite_file_system(path)) {
            warnings.append("\(path) is on \(fault)")
        }
        var file = stat()
        if unsafe stat(path, &file) == 0, file.st_mode & 0o007 != 0 {
            warnings.append("\(path) can be opened by every user of this machine: chmod o= \(path)*")
        }
        return warnings
    }

    /// The numbers are those of statfs(2).
    static func fault(ofFileSystem type: UInt32) -> String? {
        let names: [UInt32: String] = [
            0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB2", 0x517B: "SMB", 0x0102_1997: "9p",
        ]
        if let name = names[type] {
            return "\(name), a network file system: SQLite's locks and shared memory don't hold there, and data can be "
                + "lost; move it to a local disk"
        }
        if type == 0x6573_5546 {
            return "a FUSE file system: make sure that it is a local one with working locks"
        }
        return nil
    }
}

/// Excludes the writers of other processes, in turns.
///
/// The right to write is `flock` on the file. That alone promises no order: who has just let go is running, and may
/// take it again before who waits has woken. So a range lock on the same file is the queue: only its holder waits for
/// the right, and lets go of the queue when it has the right. Who lets go of the right then comes after who waits.
final class DatabaseLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws(StoreError) {
        descriptor = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unavailable("can't open \(path): error \(errno)") }
    }

    deinit { close(descriptor) }

    /// Waits for the right to write.
    func acquire() throws(StoreError) {
        try retry { csqlite_set_range_lock(descriptor, F_WRLCK) }
        defer { _ = csqlite_set_range_lock(descriptor, F_UNLCK) }
        try retry { flock(descriptor, LOCK_EX) }
    }

    func release() { flock(descriptor, LOCK_UN) }

    private func retry(_ call: () -> Int32) throws(StoreError) {
        while call() != 0 {
            guard errno == EINTR else { throw .unavailable("can't lock the database: error \(errno)") }
        }
    }
}
