import JOSE

/// RFC 7636 §4.2. `plain` has no spelling here: a challenge is always S256.
package struct CodeChallenge: Sendable, Equatable {
    package let value: String

    /// Throws `invalid_request` (§4.4.1) for another method and for what is no base64url of 32 bytes.
    package init(_ value: String, method: String?) throws(OAuthError) {
        // §4.3: a challenge without a method means `plain`, which RFC 9700 §2.1.1 leaves no room for.
        guard method == "S256" else {
            throw .invalidRequest(
                "code_challenge_method must be S256", detail: .pkce(.method, method == nil ? .absent : .mismatch))
        }
        guard value.utf8.count == 43, Base64URL.decode(value)?.count == 32 else {
            throw .invalidRequest(
                "code_challenge must be the base64url of a SHA-256, 43 characters",
                detail: .pkce(.challenge, .malformed))
        }
        self.value = value
    }

    /// A challenge that was validated before it was sealed.
    init(sealed value: String) { self.value = value }

    /// RFC 7636 §4.6.
    package func accepts(_ verifier: CodeVerifier) -> Bool {
        constantTimeEqual(Array(Base64URL.encode(Digest.sha256(Array(verifier.value.utf8))).utf8), Array(value.utf8))
    }
}

/// RFC 7636 §4.1: 43 to 128 unreserved characters.
package struct CodeVerifier: Sendable {
    fileprivate let value: String

    /// Throws `invalid_grant` (RFC 7636 §4.6 leaves no other code) for a verifier of another form.
    package init(_ value: String) throws(OAuthError) {
        guard (43...128).contains(value.utf8.count), value.utf8.allSatisfy(\.isUnreserved) else {
            throw .invalidGrant(
                "code_verifier must be 43 to 128 unreserved characters", detail: .pkce(.verifier, .malformed))
        }
        self.value = value
    }
}

extension UInt8 {
    /// RFC 3986 §2.3.
    var isUnreserved: Bool {
        isASCIIAlphanumeric || self == UInt8(ascii: "-") || self == UInt8(ascii: ".") || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "~")
    }

    /// RFC 3986 §2.1, §2.2, §2.3: what a URI may hold.
    var isURICharacter: Bool { isUnreserved || "%:/?#[]@!$&'()*+,;=".utf8.contains(self) }

    var isASCIILetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    var isASCIIDigit: Bool { (0x30...0x39).contains(self) }
    var isASCIIAlphanumeric: Bool { isASCIILetter || isASCIIDigit }
}
