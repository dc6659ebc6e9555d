import JOSE

/// The identity token of a CI job, in the place of an initial access token (RFC 7591 §3), not yet believed. It is an
/// OpenID Connect ID token in form; this is the one function that verifies such (RFC 8725 §3.12).
package struct CIToken: Sendable {
    /// In bytes.
    package static let limit = 8 * 1024

    private let jws: UnverifiedJWS
    /// Whose it claims to be.
    private let issuer: String

    /// Nil for what is no JWT that names its issuer. Throws `invalid_token` for one that is too long.
    package init?(presented text: String) throws(OAuthError) {
        guard text.utf8.contains(UInt8(ascii: ".")) else { return nil }
        guard text.utf8.count <= Self.limit else {
            throw .invalidToken(
                "the CI token is longer than 8 KiB", detail: .credential(.initialAccessToken, .malformed))
        }
        guard let jws = try? UnverifiedJWS(text), let claims = try? JSON(parsing: jws.unverifiedPayload),
            let issuer = claims["iss"]?.stringValue
        else { return nil }
        self.jws = jws
        self.issuer = issuer
    }

    /// The job that it proves, by the first rule that it meets. Nil: no rule is about its issuer, so it is anybody's.
    ///
    /// Throws `invalid_token` by the rule that it came nearest to, `temporarily_unavailable` where the issuer's keys can't
    /// be had now, `server_error` where what is there can't be used.
    package func verify(
        by rules: [CIRule], keys: any PublishedKeys, at now: Timestamp
    ) throws(OAuthError) -> VerifiedCIToken? {
        var nearest: CIRefusal?
        for rule in rules where rule.issuer.value.hasSameBytes(as: issuer) {
            let refusal: CIRefusal
            switch try verdict(by: rule, keys) {
            case .failure(let fault): refusal = CIRefusal(rule: rule, fault: fault)
            case .success(let claims):
                do throws(CITokenFault) { return try VerifiedCIToken(claims, by: rule, at: now) } catch {
                    refusal = CIRefusal(rule: rule, fault: error)
                }
            }
            if nearest.map({ refusal.isNearer(than: $0) }) ?? true { nearest = refusal }
        }
        if let nearest { throw nearest.error }
        return nil
    }

    /// Its claims, if it is signed as the rule wants it.
    private func verdict(
        by rule: CIRule, _ keys: any PublishedKeys
    ) throws(OAuthError) -> Result<JSON, CITokenFault> {
        guard let algorithm = rule.algorithms.first(where: { $0.rawValue.hasSameBytes(as: jws.algorithm) }) else {
            return .failure(.algorithm)
        }
        let verified: VerifiedJWS?
        do throws(PublishedKeysFault) {
            // RFC 8725 §3.11: no JWT with a type of its own is one of these.
            verified = try keys.verified(jws, at: rule.keys, algorithm: algorithm, type: "JWT")
        } catch {
            switch error {
            case .unavailable(let cause):
                throw .temporarilyUnavailable(cause: "keys of the CI rule \(rule.name) can't be fetched: \(cause)")
            case .useless(let cause):
                throw .serverError(cause: "keys of the CI rule \(rule.name) can't be used: \(cause)")
            }
        }
        guard let claims = try? verified?.claims() else { return .failure(.signature) }
        return .success(claims)
    }
}
