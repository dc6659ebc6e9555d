/// The `Cookie` header (RFC 6265 section 4.2), as browsers send it rather than as the grammar would have it.
enum Cookies {
    /// Every pair in its order, duplicates kept, values as they came. A piece without a name names nothing.
    static func parse(_ header: ArraySlice<UInt8>) -> [(name: String, value: String)] {
        header.split(separator: 0x3B).compactMap { piece in
            guard let equals = piece.firstIndex(of: 0x3D) else { return nil }
            let name = piece[..<equals].trimmed
            guard !name.isEmpty else { return nil }
            let value = piece[(equals + 1)...].trimmed
            return (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
    }
}
