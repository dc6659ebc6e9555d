/// The `Authorization` header: a scheme and what follows it (RFC 9110 §11.4).
struct AuthorizationHeader {
    /// In lower case, since its case doesn't matter.
    let scheme: String
    /// Nil: there is none.
    let credentials: Substring?

    init(_ header: String) {
        // By bytes: the header may be a token of some kB, and characters are costly to tell apart.
        let bytes = header.utf8.drop { $0 == UInt8(ascii: " ") }
        let end = bytes.firstIndex(of: UInt8(ascii: " ")) ?? bytes.endIndex
        scheme = Substring(bytes[..<end]).lowercased()
        let rest = bytes[end...].drop { $0 == UInt8(ascii: " ") }
        credentials = rest.isEmpty ? nil : Substring(rest)
    }
}
