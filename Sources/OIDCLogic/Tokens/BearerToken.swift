/// A bearer token as it came (RFC 6750 §2): in the header, or in a form body, never in a query.
package struct BearerToken: Sendable {
    package let text: String

    /// Nil if the request carries none at all. Throws `invalid_request` (§3.1) for more than one way, or a broken one.
    package init?(authorization: String?, form: Parameters?) throws(OAuthError) {
        let inBody = try form?.value("access_token")
        guard let authorization else {
            guard let inBody else { return nil }
            text = inBody
            return
        }
        guard inBody == nil else {
            throw .invalidRequest(
                "the token was sent twice: in the Authorization header and in the body",
                detail: .parameter("access_token", .repeated))
        }
        let header = AuthorizationHeader(authorization)
        guard header.scheme == "bearer" else { return nil }
        guard let token = header.credentials, token.utf8.allSatisfy(\.isBearerCharacter) else {
            throw .invalidRequest(
                "the Authorization header is no well-formed Bearer token",
                detail: .credential(.accessToken, .malformed))
        }
        text = String(token)
    }
}

extension UInt8 {
    /// RFC 6750 §2.1, b64token.
    fileprivate var isBearerCharacter: Bool {
        isUnreserved || self == UInt8(ascii: "+") || self == UInt8(ascii: "/") || self == UInt8(ascii: "=")
    }
}
