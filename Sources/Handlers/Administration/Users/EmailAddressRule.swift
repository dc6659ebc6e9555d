import JOSE
import OIDCLogic

/// Which e-mail addresses a user may have.
enum EmailAddressRule {
    static func check(_ text: String) throws(AdministrationError) {
        guard EmailAddressForm.isPlausible(text) else {
            throw .invalid("email is \"\(text)\"; write an address such as ada@example.com")
        }
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
