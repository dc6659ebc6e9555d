/// The `application/x-www-form-urlencoded` format (RFC 6749 appendix B; URL Standard section 5.1), read strictly.
enum FormFields {
    static let limit = 200

    /// The fields in their order, duplicates and empty names included. Nothing between two ampersands is no field.
    static func parse(_ bytes: ArraySlice<UInt8>) throws(FormError) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        var rest = bytes
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x26) ?? rest.endIndex
            let field = rest[..<end]
            rest = end == rest.endIndex ? [] : rest[(end + 1)...]
            guard !field.isEmpty else { continue }
            guard fields.count < limit else { throw .tooMany }
            if let equals = field.firstIndex(of: 0x3D) {
                fields.append((try decode(field[..<equals]), try decode(field[(equals + 1)...])))
            } else {
                fields.append((try decode(field), ""))
            }
        }
        return fields
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws(FormError) -> String {
        // Codes and most values go as they are.
        if !bytes.contains(where: { $0 == 0x2B || $0 == 0x25 || $0 == 0 }) {
            guard let utf8 = try? UTF8Span(validating: bytes.span) else { throw .notUTF8 }
            return String(copying: utf8)
        }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            var byte = bytes[index]
            index += 1
            if byte == 0x2B {
                byte = 0x20
            } else if byte == 0x25 {
                guard index + 1 < bytes.endIndex, let high = bytes[index].hexDigitValue,
                    let low = bytes[index + 1].hexDigitValue
                else { throw .malformedEscape }
                byte = high << 4 | low
                index += 2
            }
            guard byte != 0 else { throw .nul }
            decoded.append(byte)
        }
        guard let utf8 = try? UTF8Span(validating: decoded.span) else { throw .notUTF8 }
        return String(copying: utf8)
    }
}
