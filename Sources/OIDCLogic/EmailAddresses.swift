import JOSE

/// The e-mail addresses of a user, each with a proof of its own.
///
/// Among the attributes they are `email` and `email_verified` (OpenID Connect Core §5.1), the primary one, and
/// `other_emails`, an array of objects with `address` and `verified`. No address is among them twice.
package struct EmailAddresses: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let address: String
        package var isVerified: Bool

        package init(_ address: String, isVerified: Bool = false) {
            self.address = address
            self.isVerified = isVerified
        }

        package static func == (one: Self, other: Self) -> Bool {
            one.address.hasSameBytes(as: other.address) && one.isVerified == other.isVerified
        }
    }

    package private(set) var primary: Entry?
    package private(set) var others: [Entry]

    /// The attribute that holds those which are not the primary one.
    package static let othersName = "other_emails"

    package init(primary: Entry? = nil, others: [Entry] = []) {
        self.primary = primary
        self.others = []
        for entry in others where index(of: entry.address) == nil && !isPrimary(entry.address) {
            self.others.append(entry)
        }
    }

    /// What is not as it should be counts as absent.
    package init(attributes: [String: JSON]) {
        let primary = attributes["email"]?.stringValue.map {
            Entry($0, isVerified: attributes["email_verified"] == .bool(true))
        }
        let others = attributes[Self.othersName]?.arrayValue ?? []
        self.init(
            primary: primary,
            others: others.compactMap { item in
                item["address"]?.stringValue.map { Entry($0, isVerified: item["verified"] == .bool(true)) }
            })
    }

    /// Whether someone has proven that the address is the user's; nil if it isn't among these.
    package func isVerified(_ address: String) -> Bool? {
        if isPrimary(address) { return primary?.isVerified }
        return index(of: address).map { others[$0].isVerified }
    }

    /// A first address becomes the primary one. Nothing happens if it is among these already.
    package mutating func add(_ address: String) {
        guard isVerified(address) == nil else { return }
        if primary == nil { primary = Entry(address) } else { others.append(Entry(address)) }
    }

    /// The proof is the address's and goes with it; the one that was primary stays among the others. False: it isn't among
    /// these.
    package mutating func makePrimary(_ address: String) -> Bool {
        if isPrimary(address) { return true }
        guard let index = index(of: address) else { return false }
        let next = others.remove(at: index)
        if let primary { others.insert(primary, at: index) }
        primary = next
        return true
    }

    /// False: it isn't among these.
    package mutating func verify(_ address: String) -> Bool {
        if isPrimary(address) {
            primary?.isVerified = true
        } else if let index = index(of: address) {
            others[index].isVerified = true
        } else {
            return false
        }
        return true
    }

    package enum Removal: Sendable, Equatable {
        case removed, absent
        /// None of the others is taken for the primary one unasked: apps would see another address without anyone's wish.
        case isPrimaryOfSeveral
    }

    package mutating func remove(_ address: String) -> Removal {
        if isPrimary(address) {
            guard others.isEmpty else { return .isPrimaryOfSeveral }
            primary = nil
        } else if let index = index(of: address) {
            others.remove(at: index)
        } else {
            return .absent
        }
        return .removed
    }

    /// The attributes with these in them.
    package func applied(to attributes: [String: JSON]) -> [String: JSON] {
        var result = attributes
        result["email"] = primary.map { .string($0.address) }
        if primary?.isVerified == true {
            result["email_verified"] = true
        } else if primary == nil || result["email_verified"] == .bool(true) {
            result.removeValue(forKey: "email_verified")
        }
        result[Self.othersName] =
            others.isEmpty
            ? nil
            : .array(others.map { ["address": .string($0.address), "verified": .bool($0.isVerified)] })
        return result
    }

    private func isPrimary(_ address: String) -> Bool { primary?.address.hasSameBytes(as: address) ?? false }

    private func index(of address: String) -> Int? { others.firstIndex { $0.address.hasSameBytes(as: address) } }
}
