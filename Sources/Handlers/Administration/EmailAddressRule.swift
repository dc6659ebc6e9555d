import JOSE

/// Which e-mail addresses a user may have.
enum EmailAddressRule {
    /// Something before the last `@` and something after it, at most 254 bytes (RFC 5321 §4.5.3.1.3), no space within.
    static func check(_ text: String) throws(AdministrationError) {
        let isClean = !text.unicodeScalars.contains {
            $0.value <= 0x20 || $0.value == 0x7F || $0.properties.isWhitespace
        }
        guard isClean, text.utf8.count <= 254, let at = text.lastIndex(of: "@"), at != text.startIndex,
            text.index(after: at) != text.endIndex
        else { throw .invalid("email is \"\(text)\"; write an address such as ada@example.com") }
    }

    /// The attribute `other_emails`: addresses, or objects that say of each whether it is proven.
    static func check(list: JSON) throws(AdministrationError) {
        guard let items = list.arrayValue else { throw malformed(list) }
        for item in items {
            guard let address = item.stringValue ?? item["address"]?.stringValue else { throw malformed(item) }
            try check(address)
            guard let object = item.objectValue else { continue }
            guard object.keys.allSatisfy(["address", "verified"].contains),
                object["verified"].map({ $0.boolValue != nil }) ?? true
            else { throw malformed(item) }
        }
    }

    private static func malformed(_ value: JSON) -> AdministrationError {
        .invalid(
            "other_emails holds \(value.text); it is an array of addresses, or of objects such as "
                + #"{"address": "ada@example.com", "verified": true}"#)
    }
}
