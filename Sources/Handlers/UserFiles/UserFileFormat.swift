/// How a file names users.
package enum UserFileFormat: String, Sendable, CaseIterable {
    /// RFC 4180, with names of columns in the first line.
    case csv
    /// Apache's and nginx's: `NAME:HASH` a line.
    case htpasswd
    /// A JSON object a line, as `postern user export` writes them.
    case jsonLines = "jsonl"

    /// Nil if the file's name doesn't say.
    package init?(fileName: String) {
        let name = (fileName.split(separator: "/").last ?? "").lowercased()
        switch name.split(separator: ".", omittingEmptySubsequences: true).last {
        case "csv": self = .csv
        case "htpasswd": self = .htpasswd
        case "jsonl", "ndjson": self = .jsonLines
        default: return nil
        }
    }

    /// Reads all of it, so that every fault is told at once.
    package func read(_ bytes: [UInt8]) -> UserFile {
        // What Microsoft's programs write before UTF-8.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
        return switch self {
        case .csv: CSVUsers.read(bytes)
        case .htpasswd: HtpasswdUsers.read(bytes)
        case .jsonLines: JSONLinesUsers.read(bytes)
        }
    }
}
