import FoundationEssentials

/// The links to the files that nginx serves beside the pages, each with a fingerprint of its content, so that nginx
/// may let browsers keep them for a day.
package struct PageAssets: Sendable {
    private let base: String
    private let directory: String

    /// - Parameters:
    ///   - base: the URL path under which nginx serves the files, such as `/oidc/static`.
    ///   - directory: where those files are, read for their fingerprints only.
    package init(base: String, directory: String) {
        self.base = base
        self.directory = directory
    }

    /// - Throws: `PageError.missingFile`.
    package func link(to name: String) throws(PageError) -> String {
        let file = try PageFile(name, in: [directory])
        return "\(base)/\(name)?v=\(Self.fingerprint(file.bytes))"
    }

    /// FNV-1a: it tells versions apart, and guards nothing.
    private static func fingerprint(_ bytes: Data) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 36)
    }
}
