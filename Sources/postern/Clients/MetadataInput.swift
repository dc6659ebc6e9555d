import Handlers

/// Client metadata from a file or from standard input.
enum MetadataInput {
    /// In bytes.
    private static let limit = 64 * 1024

    /// `-` is standard input.
    static func read(_ file: String) throws -> ClientMetadataInput {
        try ClientMetadataInput(parsing: FileInput.read(file, limit: limit))
    }
}
