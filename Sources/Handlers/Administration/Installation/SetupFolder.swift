import FoundationEssentials
import Glibc

/// Makes files and folders that aren't there, and leaves alone those that are.
struct SetupFolder {
    /// A secret's file, for its owner only. False: it was there.
    static func makeSecretFile(_ path: String, _ contents: String) throws(AdministrationError) -> Bool {
        try makeFile(path, contents, mode: 0o600)
    }

    /// A file that everyone may read. False: it was there.
    static func makePlainFile(_ path: String, _ contents: String) throws(AdministrationError) -> Bool {
        try makeFile(path, contents, mode: 0o644)
    }

    static func makeFolder(_ path: String) throws(AdministrationError) -> Bool {
        guard !FileManager.default.fileExists(atPath: path) else { return false }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .invalid("the folder \(path) can't be made; look at the permissions of the folder above it")
        }
        return true
    }

    /// The mode goes to open(2), so that nobody else can read the file at any moment: changing the process's umask
    /// meanwhile would be undone by another thread that does the same. A file that can't be written whole is taken
    /// away again, as half a key would be found and believed by the next attempt.
    private static func makeFile(_ path: String, _ contents: String, mode: mode_t) throws(AdministrationError) -> Bool {
        let descriptor = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            throw unwritable(path, errno)
        }
        defer { close(descriptor) }
        guard fchmod(descriptor, mode) == 0, write(contents, to: descriptor), fsync(descriptor) == 0 else {
            let error = errno
            unsafe unlink(path)
            throw unwritable(path, error)
        }
        return true
    }

    private static func write(_ contents: String, to descriptor: Int32) -> Bool {
        var rest = Array(contents.utf8)[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return false }
            rest = rest.dropFirst(written)
        }
        return true
    }

    private static func unwritable(_ path: String, _ error: Int32) -> AdministrationError {
        let reason = unsafe String(cString: strerror(error))
        return .invalid("the file \(path) can't be written (\(reason)); look at its folder's permissions and its disk")
    }
}
