import Foundation
import Handlers

/// A file that holds how far the audit log was printed.
struct AuditCursor {
    private let path: String

    init(_ path: String) { self.path = path }

    /// 0 if there is no such file yet.
    func position(upTo end: Int64) throws -> Int64 {
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard let position = Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)), position >= 0 else {
            throw AdministrationError.invalid(
                "the cursor file \(path) holds no position; name another, or remove it to begin at the beginning")
        }
        guard position <= end else {
            throw AdministrationError.invalid(
                "the cursor file \(path) is at \(position), and the audit log ends at \(end): it is of another database, "
                    + "or this one was restored. Remove it to begin at the beginning")
        }
        return position
    }

    func move(to position: Int64) throws {
        try Data("\(position)\n".utf8).write(to: URL(filePath: path, directoryHint: .notDirectory), options: .atomic)
    }
}
