import Glibc

/// An address of IPv4 or IPv6.
package struct IPAddress: Sendable, Equatable {
    /// Four or sixteen.
    package let bytes: [UInt8]

    /// Nil for what is none.
    package init?(_ text: String) {
        var four = [UInt8](repeating: 0, count: 4)
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            bytes = four
            return
        }
        var sixteen = [UInt8](repeating: 0, count: 16)
        guard unsafe inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
        bytes = sixteen
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// A socket for both families shows IPv4 as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2).
    package var unmapped: IPAddress {
        let isMapped =
            bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? IPAddress(bytes: Array(bytes[12...])) : self
    }
}
