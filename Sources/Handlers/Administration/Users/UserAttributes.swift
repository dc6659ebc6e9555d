import JOSE
import OIDCLogic

/// Changes to what is kept about a user: standard claims (OpenID Connect Core §5.1) and an administrator's own.
package struct UserAttributes: Sendable {
    /// Null takes an attribute out.
    private var changes: [String: JSON] = [:]
    /// In the order that they were asked for, after `changes`.
    private var emailChanges: [EmailChange] = []

    /// In bytes, as JSON.
    private static let limit = 32 * 1024
    private static let booleans: Set<String> = ["email_verified", "phone_number_verified"]
    private static let texts: Set<String> = [
        "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
        "website", "email", "gender", "birthdate", "zoneinfo", "locale", "phone_number",
    ]

    package init() {}

    package var isEmpty: Bool { changes.isEmpty && emailChanges.isEmpty }

    /// Throws ``AdministrationError`` for what is no address.
    package mutating func change(_ email: EmailChange) throws(AdministrationError) {
        try EmailAddressRule.check(email.address)
        emailChanges.append(email)
    }

    /// Throws ``AdministrationError`` for a name or a value that no attribute can have.
    package mutating func set(_ name: String, to value: JSON) throws(AdministrationError) {
        try AdministrationError.of(name) { () throws(AdministrationError) in try Self.check(value, of: name) }
        changes[name] = value
    }

    private static func check(_ value: JSON, of name: String) throws(AdministrationError) {
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid("the attribute's name \"\(name)\" must be 1 to 128 characters of printable ASCII")
        }
        guard !ReservedClaims.refusesAttribute(name) else {
            throw .invalid("\"\(name)\" is said by the service itself; no attribute can stand for it")
        }
        switch value {
        case .null: break
        case .bool where Self.booleans.contains(name): break
        case _ where Self.booleans.contains(name): throw .invalid("\(name) is \(value.shown); it must be true or false")
        case _ where name == EmailAddresses.othersName: try EmailAddressRule.check(list: value)
        case .string(let text) where name == "email": try EmailAddressRule.check(text)
        case .string(let text) where Self.texts.contains(name) && (text.isEmpty || text.utf8.count > 1024):
            throw .invalid("\(name) has \(text.utf8.count) bytes; it must have 1 to 1024, and null takes it out")
        case .string where name != "address": break
        case _ where Self.texts.contains(name): throw .invalid("\(name) is \(value.shown); it must be a string")
        case .object: break
        case _ where name == "address":
            throw .invalid("address is \(value.shown); it must be an object (OpenID Connect Core section 5.1.1)")
        default: break
        }
    }

    /// The attributes after the change. An address keeps the proof that it has; one that is new is not proven, unless the
    /// same change says so. Likewise a telephone number.
    func applied(to attributes: [String: JSON]) throws(AdministrationError) -> [String: JSON] {
        var result = attributes
        for (name, value) in changes {
            if value == .null { result.removeValue(forKey: name) } else { result[name] = value }
        }
        if changes["phone_number_verified"] == nil, !Self.sameBytes(result["phone_number"], attributes["phone_number"])
        {
            result.removeValue(forKey: "phone_number_verified")
        }
        result = try withEmailAddresses(result, from: EmailAddresses(attributes: attributes))
        guard JSON.object(result).text.utf8.count <= Self.limit else {
            throw .invalid("the attributes have more than \(Self.limit) bytes together")
        }
        return result
    }

    private func withEmailAddresses(
        _ attributes: [String: JSON], from before: EmailAddresses
    ) throws(AdministrationError) -> [String: JSON] {
        var result = attributes
        if changes["email_verified"] == nil,
            !Self.sameBytes(result["email"], before.primary.map { .string($0.address) })
        {
            let isProven = result["email"]?.stringValue.flatMap(before.isVerified) ?? false
            result["email_verified"] = isProven ? true : nil
        }
        guard let list = changes[EmailAddresses.othersName]?.arrayValue else {
            guard !before.others.isEmpty || !emailChanges.isEmpty else { return result }
            return try changed(EmailAddresses(attributes: result)).applied(to: result)
        }
        let others = list.compactMap { item in
            (item.stringValue ?? item["address"]?.stringValue).map { address in
                EmailAddresses.Entry(
                    address, isVerified: item["verified"]?.boolValue ?? before.isVerified(address) ?? false)
            }
        }
        let primary = EmailAddresses(attributes: result).primary
        return try changed(EmailAddresses(primary: primary, others: others)).applied(to: result)
    }

    private func changed(_ addresses: EmailAddresses) throws(AdministrationError) -> EmailAddresses {
        var addresses = addresses
        for change in emailChanges { try change.apply(to: &addresses) }
        return addresses
    }

    private static func sameBytes(_ one: JSON?, _ other: JSON?) -> Bool {
        (one?.text ?? "").utf8.elementsEqual((other?.text ?? "").utf8)
    }
}

extension UserAttributes {
    /// `KEY=JSON`, as on a command line. Throws ``AdministrationError``.
    package mutating func set(_ assignment: String) throws(AdministrationError) {
        guard let equals = assignment.firstIndex(of: "=") else {
            throw .invalid("the attribute \"\(assignment)\" must be KEY=JSON, such as locale='\"de\"' or staff=true")
        }
        let name = String(assignment[..<equals])
        let text = String(assignment[assignment.index(after: equals)...])
        let value: JSON
        do {
            value = try JSON(parsing: Array(text.utf8))
        } catch {
            throw .invalid(
                "the value of the attribute \(name) is not JSON; a string needs quotes: \(name)='\"\(text)\"'")
        }
        try set(name, to: value)
    }
}
