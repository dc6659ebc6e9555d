import JOSE

/// Cuts tokens and secrets out of what an upstream says of its user, at any depth, and leaves their claims readable. An IdP
/// sends such where it names other sources of claims (OpenID Connect Core §5.6.2), or has a mapper for them.
package enum TracedSecrets {
    package static let word = "(cut out)"

    /// What the last words of such a member's name are, however it is written: `access_token`, `clientSecret`, `JWT`.
    private static let endings = [
        "token", "secret", "password", "passwd", "assertion", "jwt", "jws", "jwe", "apikey", "privatekey", "credential",
        "cookie",
    ]

    /// - Parameter others: what is cut out wherever it stands, as ``values(in:)`` finds it.
    package static func cut(_ json: JSON, and others: Set<String> = []) -> JSON {
        switch json {
        case .string(let text): others.contains(text) || isToken(within: text) ? .string(word) : json
        case .array(let items): .array(items.map { cut($0, and: others) })
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        (name, isSecret(name) ? wholly(value) : cut(value, and: others))
                    }))
        case .null, .bool, .integer, .number: json
        }
    }

    /// The texts that members hold whose names are of secrets, so that they are known where an expression has put them.
    package static func values(in json: JSON, ofSecret isWithin: Bool = false) -> Set<String> {
        switch json {
        case .string(let text): isWithin ? [text] : []
        case .array(let items): items.reduce(into: []) { $0.formUnion(values(in: $1, ofSecret: isWithin)) }
        case .object(let members):
            members.reduce(into: []) { $0.formUnion(values(in: $1.value, ofSecret: isWithin || isSecret($1.key))) }
        case .null, .bool, .integer, .number: []
        }
    }

    /// Whether there is one is no secret.
    private static func wholly(_ value: JSON) -> JSON {
        switch value {
        case .null, .bool: value
        case .integer, .number, .string, .array, .object: .string(word)
        }
    }

    private static func isSecret(_ name: String) -> Bool {
        let letters = name.lowercased().filter(\.isLetter)
        return endings.contains { letters.hasSuffix($0) || letters.hasSuffix($0 + "s") }
    }

    /// Whether a signed or encrypted JWT (RFC 7515 §7.1, RFC 7516 §7.1) stands in it: parts between dots, of which the first
    /// is a header.
    private static func isToken(within text: String) -> Bool {
        text.utf8.split { !isOfToken($0) }.contains { piece in
            let parts = piece.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            return parts.indices.dropLast(2).contains { isHeader(String(decoding: Array(parts[$0]), as: UTF8.self)) }
        }
    }

    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isHeader(_ text: String) -> Bool {
        guard let bytes = Base64URL.decode(text), let header = try? JSON(parsing: bytes) else { return false }
        return header["alg"] != nil
    }
}
