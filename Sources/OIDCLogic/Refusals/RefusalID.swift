package enum RefusalIDKind {}
/// What a refusal is asked about by: the first twelve hexadecimal digits of its request's id, in lower case.
package typealias RefusalID = Identifier<RefusalIDKind>

extension RefusalID {
    /// Reads what someone typed or copied from a page: in groups or not, in any case. Nil for what is no id.
    package init?(typed text: String) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
        guard digits.count == 12 else { return nil }
        let id = String(decoding: digits, as: UTF8.self).lowercased()
        guard id.utf8.allSatisfy({ $0.isASCIIDigit || (0x61...0x66).contains($0) }) else { return nil }
        self.init(id)
    }

    /// `3f9a1c2277de` as `3f9a-1c22-77de`, as pages show it.
    package var grouped: String {
        let scalars = Array(value.unicodeScalars)
        return stride(from: 0, to: scalars.count, by: 4)
            .map { start in
                var group = String.UnicodeScalarView()
                group.append(contentsOf: scalars[start..<min(start + 4, scalars.count)])
                return String(group)
            }
            .joined(separator: "-")
    }
}
