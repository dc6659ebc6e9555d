/// The answer to an authorization request, as a URI to redirect to (RFC 6749 §4.1.2, RFC 9207 §2).
package enum AuthorizationResponse {
    /// In bytes. nginx takes no more than 4096 for all headers of an answer, cookies among them.
    package static let limit = 3500

    /// How long a code may be, for the whole to stay below the limit.
    package static func roomForCode(to target: RedirectTarget, from issuer: Issuer) -> Int {
        limit - code("", to: target, from: issuer).utf8.count
    }

    package static func code(_ code: String, to target: RedirectTarget, from issuer: Issuer) -> String {
        uri(target, adding: [("code", code)], from: issuer)
    }

    /// RFC 6749 §4.1.2.1.
    package static func error(
        _ error: OAuthError, refusal id: String, to target: RedirectTarget, from issuer: Issuer
    ) -> String {
        uri(
            target,
            adding: [("error", error.code.rawValue), ("error_description", error.description(refusal: id))],
            from: issuer)
    }

    private static func uri(
        _ target: RedirectTarget, adding fields: [(name: String, value: String)], from issuer: Issuer
    ) -> String {
        var fields = fields
        if let state = target.state { fields.append(("state", state)) }
        fields.append(("iss", issuer.value))
        // RFC 6749 §3.1.2: a query of the registered URI is kept.
        let separator =
            !target.uri.contains("?") ? "?" : target.uri.hasSuffix("?") || target.uri.hasSuffix("&") ? "" : "&"
        return target.uri + separator + FormEncoding.encode(fields)
    }
}

/// `application/x-www-form-urlencoded` (RFC 6749 Appendix B), from the sender's side.
package enum FormEncoding {
    package static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// How many bytes a text has, once encoded.
    static func encodedCount(_ text: String) -> Int { text.utf8.reduce(0) { $0 + ($1.isUnreserved ? 1 : 3) } }

    private static func escape(_ text: String) -> String {
        // Codes and most names go as they are.
        if text.utf8.allSatisfy(\.isUnreserved) { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 64)
        for byte in text.utf8 {
            if byte.isUnreserved {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension OAuthError {
    /// `error_description`: the text, and the id under which the log and the administrator know more.
    package func description(refusal id: String) -> String { "\(text) (refusal \(id))" }
}
