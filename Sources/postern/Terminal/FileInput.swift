import Foundation

/// A file that an argument names.
enum FileInput {
    /// `-` is standard input. Throws if it can't be read, or has more than `limit` bytes.
    static func read(_ file: String, limit: Int) throws -> [UInt8] {
        guard file != "-" else { return try StandardInput.read(limit: limit) }
        guard let data = try? Data(contentsOf: URL(filePath: file)) else { throw Failure("\(file) can't be read") }
        guard data.count <= limit else { throw Failure("\(file) has more than \(limit) bytes") }
        return [UInt8](data)
    }
}
