/// A JWS whose signature, algorithm and type were right. Only `UnverifiedJWS.verified` makes one. What its claims say
/// (issuer, audience, times) is still to be checked.
package struct VerifiedJWS: Sendable {
    package let payload: [UInt8]
    /// The header's `kid`.
    package let keyID: String?

    init(payload: [UInt8], keyID: String?) {
        self.payload = payload
        self.keyID = keyID
    }

    /// The payload as a JWT claims set (RFC 7519 section 4).
    ///
    /// Throws `JWSError.claimsMalformed` if it is no JSON object, or has two members of one name.
    package func claims() throws(JWSError) -> JSON {
        guard let claims = try? JSON(parsing: payload), claims.objectValue != nil else { throw .claimsMalformed }
        return claims
    }
}
