import Foundation
import Handlers

/// Client metadata from a file or from standard input.
enum MetadataInput {
    /// In bytes.
    private static let limit = 64 * 1024

    /// `-` is standard input.
    static func read(_ file: String) throws -> ClientMetadataInput {
        let bytes: [UInt8]
        if file == "-" {
            bytes = try StandardInput.read(limit: limit)
        } else {
            guard let data = try? Data(contentsOf: URL(filePath: file)) else { throw Failure("\(file) can't be read") }
            guard data.count <= limit else { throw Failure("\(file) has more than \(limit) bytes") }
            bytes = [UInt8](data)
        }
        return try ClientMetadataInput(parsing: bytes)
    }
}
