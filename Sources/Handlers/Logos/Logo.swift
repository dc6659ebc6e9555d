import FCGIBridge

/// An app's logo: an image of a kind that holds no scripts, told by its first bytes, whatever its server calls it.
struct Logo: Sendable, Equatable {
    /// In bytes.
    static let limit = 64 * 1024

    /// A GIF that shows nothing.
    static let transparentPixel =
        Array("GIF89a".utf8) + [
            1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x21, 0xF9, 4, 1, 0, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1,
            0, 0, 2, 2, 0x44, 1, 0, 0x3B,
        ]

    let contentType: HeaderValue
    let bytes: [UInt8]

    /// Nil for anything else.
    init?(_ bytes: [UInt8]) {
        switch true {
        case bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]): contentType = "image/png"
        case bytes.starts(with: [0xFF, 0xD8, 0xFF]): contentType = "image/jpeg"
        case bytes.starts(with: "GIF87a".utf8), bytes.starts(with: "GIF89a".utf8): contentType = "image/gif"
        case bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).starts(with: "WEBP".utf8):
            contentType = "image/webp"
        default: return nil
        }
        self.bytes = bytes
    }
}
