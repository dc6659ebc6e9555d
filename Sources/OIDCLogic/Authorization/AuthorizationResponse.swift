/// The answer to an authorization request (RFC 6749 §4.1.2, RFC 9207 §2), and where it goes.
package struct AuthorizationResponse: Sendable {
    /// In bytes, of the URI to redirect to. nginx takes no more than 4096 for all headers of an answer, cookies among
    /// them.
    package static let limit = 3500

    package let target: RedirectTarget
    package let fields: [(name: String, value: String)]

    private init(to target: RedirectTarget, _ fields: [(name: String, value: String)], from issuer: Issuer) {
        self.target = target
        self.fields = fields + (target.state.map { [("state", $0)] } ?? []) + [("iss", issuer.value)]
    }

    /// - Parameter sessionState: OpenID Connect Session Management 1.0 §2, where that is on.
    package static func code(
        _ code: String, to target: RedirectTarget, from issuer: Issuer, sessionState: String? = nil
    ) -> Self {
        Self(to: target, [("code", code)] + (sessionState.map { [("session_state", $0)] } ?? []), from: issuer)
    }

    /// RFC 6749 §4.1.2.1.
    ///
    /// - Parameter sessionState: likewise: "in the Authentication Error Response" as well.
    package static func error(
        _ error: OAuthError, refusal id: String, to target: RedirectTarget, from issuer: Issuer,
        sessionState: String? = nil
    ) -> Self {
        Self(
            to: target,
            [("error", error.code.rawValue), ("error_description", error.description(refusal: id))]
                + (sessionState.map { [("session_state", $0)] } ?? []),
            from: issuer)
    }

    package var isError: Bool { fields.contains { $0.name == "error" } }

    /// How long a code may be, for the whole to stay below the limit.
    package static func roomForCode(
        to target: RedirectTarget, from issuer: Issuer, sessionState: String? = nil
    ) -> Int {
        limit - code("", to: target, from: issuer, sessionState: sessionState).uri.utf8.count
    }

    /// To be redirected to, where the answer goes in the query.
    package var uri: String { FormEncoding.append(fields, to: target.uri) }
}

/// `application/x-www-form-urlencoded` (RFC 6749 Appendix B), from the sender's side.
package enum FormEncoding {
    package static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// RFC 6749 §3.1.2: a query of the registered URI is kept. So is a fragment, which a URI may have that was registered
    /// before that was refused; it stays at the end.
    package static func append(_ fields: [(name: String, value: String)], to uri: String) -> String {
        let sent = uri.prefix { $0 != "#" }
        let separator = !sent.contains("?") ? "?" : sent.hasSuffix("?") || sent.hasSuffix("&") ? "" : "&"
        return sent + separator + encode(fields) + uri.dropFirst(sent.count)
    }

    /// How many bytes a text has, once encoded.
    static func encodedCount(_ text: String) -> Int { text.utf8.reduce(0) { $0 + ($1.isUnreserved ? 1 : 3) } }

    package static func escape(_ text: String) -> String {
        // Codes and most names go as they are.
        if text.utf8.allSatisfy(\.isUnreserved) { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 64)
        for byte in text.utf8 { if byte.isUnreserved { bytes.append(byte) } else { bytes += escaped(byte) } }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func escape(_ byte: UInt8) -> String { String(decoding: escaped(byte), as: UTF8.self) }

    private static func escaped(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}

extension OAuthError {
    /// `error_description`: the text, and the id under which the log and the administrator know more.
    package func description(refusal id: String) -> String { "\(text) (refusal \(id))" }
}
