import JOSE

/// Claims that a token must have, each with this value and of this type. There is at least one: the issuer's name alone
/// says no more than that the token is of any job of anybody there.
package struct ExactClaims: Sendable, Equatable {
    package let values: [String: JSON]

    /// Each rule has these anyway, in ways of their own.
    package static let reserved = ["iss", "aud", "exp", "nbf", "iat", "jti"]

    package init(_ values: [String: JSON]) throws(Fault) {
        guard !values.isEmpty else { throw .none }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard !Self.reserved.contains(where: { $0.hasSameBytes(as: name) }) else { throw .reserved(name) }
            switch value {
            case .string, .bool, .integer: break
            case .null, .number, .array, .object: throw .inexact(name)
            }
        }
        self.values = values
    }

    package enum Fault: Error, Sendable, Equatable {
        case none
        case reserved(String)
        /// It is no text, whole number, true or false.
        case inexact(String)
    }

    /// Where `claims` differ, in the order of their names.
    func mismatches(in claims: JSON) -> [ClaimMismatch] {
        values.sorted { $0.key < $1.key }.compactMap { name, value in
            claims[name] == value ? nil : ClaimMismatch(name, came: claims[name], expected: value)
        }
    }
}

/// A claim of a token whose signature was right, beside what it should have been. Both as JSON has them, so that the text
/// `"1"` isn't taken for the number.
package struct ClaimMismatch: Sendable, Equatable {
    package let claim: String
    /// Nil: it wasn't there.
    package let came: String?
    package let expected: String

    /// In bytes of each.
    private static let limit = 255

    init(_ claim: String, came: JSON?, expected: JSON) {
        self.init(claim, came: (came?.text).map(Self.cut), expected: Self.cut(expected.text))
    }

    package init(_ claim: String, came: String?, expected: String) {
        self.claim = claim
        self.came = came
        self.expected = expected
    }

    /// Whether the two differ as JSON alone: the one in quotes, and the other not.
    package var isOfAnotherType: Bool {
        guard let came else { return false }
        return came.hasSameBytes(as: "\"\(expected)\"") || expected.hasSameBytes(as: "\"\(came)\"")
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "..."
    }
}
