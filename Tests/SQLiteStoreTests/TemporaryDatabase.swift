import Glibc
import OIDCLogic

@testable import SQLiteStore

/// A database in a folder of its own, which goes with it.
final class TemporaryDatabase: Sendable {
    let folder: String
    var path: String { folder + "/postern.db" }

    init() throws {
        folder = "/tmp/postern-store-\(UInt64.random(in: 0 ... .max))"
        guard unsafe mkdir(folder, 0o700) == 0 else { throw StoreError.unavailable("mkdir: error \(errno)") }
    }

    deinit {
        for suffix in ["", "-wal", "-shm", ".lock"] { unsafe unlink(path + suffix) }
        unsafe rmdir(folder)
    }

    func open(tellingOf expiry: SessionExpiry? = nil) throws -> SQLiteDatabase {
        try SQLiteDatabase(path: path, tellingOf: expiry)
    }
}
