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

    /// What is free on its disk for whoever this program runs as; nil if that can't be told.
    var freeBytes: Int64? {
        var system = statvfs()
        guard unsafe statvfs(path, &system) == 0 else { return nil }
        return Int64(clamping: system.f_bavail) * Int64(clamping: system.f_frsize)
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
