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

    private static func makeFile(_ path: String, _ contents: String, mode: UInt) throws(AdministrationError) -> Bool {
        guard !FileManager.default.fileExists(atPath: path) else { return false }
        // The file is never readable by others, not even between its making and the change of its mode.
        let mask = umask(0o077)
        defer { umask(mask) }
        do {
            try Data(contents.utf8).write(
                to: URL(filePath: path, directoryHint: .notDirectory), options: .withoutOverwriting)
            if mode != 0o600 {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            }
        } catch {
            throw .invalid("the file \(path) can't be written; look at the permissions of its folder")
        }
        return true
    }
}
