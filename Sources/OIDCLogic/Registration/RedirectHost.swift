/// A host that a registration may send users to: one by its name, or all below one (`*.apps.example.com`).
package struct RedirectHost: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    private let includesAllBelow: Bool

    /// Nil unless it is written in lower case, by letters, digits, hyphens, dots, or as an address.
    package init?(_ text: String) {
        includesAllBelow = text.hasPrefix("*.")
        name = includesAllBelow ? String(text.dropFirst(2)) : text
        let isName = name.utf8.allSatisfy { $0.isASCIIDigit || (0x61...0x7A).contains($0) || ".-[]:".utf8.contains($0) }
        // Everything below a top-level domain is the same as anything.
        guard isName, (1...253).contains(name.utf8.count), !name.hasPrefix("."), !name.hasSuffix("."),
            !includesAllBelow || name.contains(".")
        else { return nil }
    }

    package var description: String { includesAllBelow ? "*.\(name)" : name }

    /// A private-use scheme has no host, so it is contained in none.
    package func contains(_ uri: RedirectURI) -> Bool { contains(uri.value) }

    func contains(_ uri: WebURI) -> Bool { contains(uri.value) }

    private func contains(_ uri: String) -> Bool {
        guard let host = URIParts(uri)?.authority?.host else { return false }
        guard includesAllBelow else { return String(host).hasSameBytes(as: name) }
        // An escape, or a character that no host has, may end the name for whoever reads it otherwise.
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return host.hasSuffix(".\(name)")
            && labels.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") } }
    }
}
