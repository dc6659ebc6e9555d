/// A range of network addresses (RFC 4632, RFC 4291 §2.3).
package struct AddressRange: Sendable, Equatable {
    /// Four or sixteen.
    private let bytes: [UInt8]
    private let prefixCount: Int

    /// `10.0.0.0/8`, `2001:db8::/32`; without a slash it is one address. Nil for what is none.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = IPAddress(String(parts[0]))?.bytes else { return nil }
        self.bytes = bytes
        guard parts.count == 2 else {
            prefixCount = bytes.count * 8
            return
        }
        guard !parts[1].isEmpty, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(parts[1]),
            count <= bytes.count * 8
        else { return nil }
        prefixCount = count
    }

    /// `address`: four bytes or sixteen. False also for one of the other family.
    package func contains(_ address: [UInt8]) -> Bool {
        guard address.count == bytes.count else { return false }
        let whole = prefixCount / 8
        guard address[..<whole].elementsEqual(bytes[..<whole]) else { return false }
        let rest = prefixCount % 8
        return rest == 0 || (address[whole] ^ bytes[whole]) >> (8 - rest) == 0
    }
}
