import Glibc

/// A range of network addresses (RFC 4632, RFC 4291 section 2.3), such as `10.0.0.0/8` or `2001:db8::/32`.
package struct Network: Sendable, Equatable {
    private let bytes: [UInt8]
    private let prefixCount: Int

    /// Nil for what is no address, or has more bits than one. Without a slash it is one address.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.bytes(String(parts[0])) else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            prefixCount = bytes.count * 8
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(parts[1]),
            count <= bytes.count * 8
        else { return nil }
        prefixCount = count
    }

    /// False also for what is no address, and for one of the other family.
    package func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(address), other.count == bytes.count else { return false }
        let whole = prefixCount / 8
        guard other[..<whole].elementsEqual(bytes[..<whole]) else { return false }
        let rest = prefixCount % 8
        return rest == 0 || (other[whole] ^ bytes[whole]) >> (8 - rest) == 0
    }

    /// Four or sixteen. A socket for both families shows IPv4 as `::ffff:192.0.2.1` (RFC 4291 section 2.5.5.2).
    private static func bytes(_ text: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if unsafe inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard unsafe inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        let isMapped = sixteen[..<10].allSatisfy { $0 == 0 } && sixteen[10] == 0xFF && sixteen[11] == 0xFF
        return isMapped ? Array(sixteen[12...]) : sixteen
    }
}
