import JOSE

/// A refresh token (RFC 6749 §1.5): the grant that it serves, 256 random bits, and a code that only this provider makes.
///
/// The store knows the digest of the living one alone. By the code an old one is told from one that never was: whoever
/// makes one up ends nothing.
package struct RefreshToken: Sendable, Equatable {
    package let grantID: GrantID
    package let text: String

    private static let secretCount = 32
    private static let codeCount = 16

    /// The first of a grant.
    package init(of grant: GrantID, random: some RandomSource, seal: Seal) {
        self.init(grant, secret: random.bytes(Self.secretCount), seal: seal)
    }

    private init(_ grant: GrantID, secret: [UInt8], seal: Seal) {
        grantID = grant
        let code = seal.authenticationCode(of: Self.message(grant, secret), purpose: .refreshToken)
        text = grant.value + "." + Base64URL.encode(secret + code.prefix(Self.codeCount))
    }

    /// Throws `invalid_grant` for what this provider never made.
    package init(_ text: String, seal: Seal) throws(OAuthError) {
        // By bytes: introspection asks of any token whether it is one of these.
        guard let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")),
            let bytes = Base64URL.decode(String(text[text.utf8.index(after: dot)...])),
            bytes.count == Self.secretCount + Self.codeCount
        else {
            throw .invalidGrant("the refresh token is malformed", detail: .credential(.refreshToken, .malformed))
        }
        let grant = GrantID(String(text[..<dot]))
        let message = Self.message(grant, Array(bytes.prefix(Self.secretCount)))
        let isOurs = seal.authenticationCodes(of: message, purpose: .refreshToken).contains {
            constantTimeEqual($0.prefix(Self.codeCount), bytes.suffix(Self.codeCount))
        }
        guard isOurs else {
            throw .invalidGrant("the refresh token is none of ours", detail: .credential(.refreshToken, .foreign))
        }
        grantID = grant
        self.text = text
    }

    /// What takes its place: the same each time for one salt, so that a client which lost the answer can be given it
    /// again, and unknown to whoever has the old token alone.
    package func successor(salt: [UInt8], seal: Seal) -> RefreshToken {
        let secret = seal.authenticationCode(of: Array(text.utf8) + [0] + salt, purpose: .refreshSuccessor)
        return RefreshToken(grantID, secret: secret, seal: seal)
    }

    package var digest: [UInt8] { Digest.sha256(Array(text.utf8)) }

    /// The grant's id has no NUL, and the secret one length: no two pairs give the same bytes.
    private static func message(_ grant: GrantID, _ secret: [UInt8]) -> [UInt8] {
        Array(grant.value.utf8) + [0] + secret
    }
}
