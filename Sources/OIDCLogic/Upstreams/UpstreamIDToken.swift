import JOSE

/// An ID token of an upstream's, verified by OpenID Connect Core §3.1.3.7 and RFC 8725: this is the one function that takes
/// such. Only this file makes one.
package struct UpstreamIDToken: Sendable {
    package let subject: String
    /// All of them.
    package let claims: [String: JSON]
    /// As it came.
    let text: String

    /// In seconds: how far the upstream's clock and ours may be apart.
    package static let clockSkew: Int64 = 60
    /// §2.
    private static let subjectLimit = 255

    /// Throws ``UpstreamFault``.
    ///
    /// - Parameters:
    ///   - accessToken: the one that it came with.
    ///   - nonce: that of the request.
    package init(
        _ text: String?, from upstream: Upstream, _ metadata: UpstreamMetadata, keys: any PublishedKeys,
        nonce: String, accessToken: String?, at now: Timestamp
    ) throws(UpstreamFault) {
        guard let text else { throw .idToken(.absent) }
        let jws = try Self.unverified(text)
        guard let algorithm = upstream.algorithms.first(where: { $0.rawValue.hasSameBytes(as: jws.algorithm) }) else {
            throw .idToken(.algorithm(String(decoding: jws.algorithm.utf8.prefix(32), as: UTF8.self)))
        }
        if let other = jws.type(otherThan: IDToken.type) { throw .idToken(.type(other)) }
        guard let place = metadata.keys else { throw .idToken(.signature) }
        let verified: VerifiedJWS?
        do throws(PublishedKeysFault) {
            verified = try keys.verified(jws, at: .uri(place), algorithm: algorithm, type: IDToken.type)
        } catch {
            switch error {
            case .unavailable(let cause): throw .unreachable(cause)
            case .useless(let cause): throw .metadata(cause)
            }
        }
        guard let verified else { throw .idToken(.signature) }
        guard let claims = try? verified.claims().objectValue else { throw .idToken(.malformed) }
        do throws(UpstreamFault.IDTokenFault) {
            subject = try Self.subject(claims)
            try Self.checkParties(claims, upstream)
            try Self.checkTimes(claims, now)
            guard let came = claims["nonce"]?.stringValue, constantTimeEqual(Array(came.utf8), Array(nonce.utf8)) else {
                throw .nonce
            }
            // §3.1.3.8
            if let hash = claims["at_hash"] {
                guard let accessToken, hash == .string(algorithm.leftHalfHash(of: accessToken)) else {
                    throw .accessTokenHash
                }
            }
        } catch {
            throw .idToken(error)
        }
        self.claims = claims
        self.text = text
    }

    /// Whether one that came with a refresh is about whom the first one was, and for us (§12.2). It came by TLS from the token
    /// endpoint itself (§3.1.3.7, 6), and nothing is given by it, so nobody asks who signed it.
    ///
    /// Throws ``UpstreamFault`` if it can't be read.
    package static func isAbout(
        _ link: UpstreamLinkID, unverified token: JSON, for upstream: Upstream
    ) throws(UpstreamFault) -> Bool {
        guard let text = token.stringValue else { throw .idToken(.malformed) }
        let payload = try unverified(text).unverifiedPayload
        guard let claims = (try? JSON(parsing: payload))?.objectValue else { throw .idToken(.malformed) }
        guard let subject = claims["sub"]?.stringValue else { throw .idToken(.subject) }
        guard let issuer = claims["iss"]?.stringValue else { throw .idToken(.issuer(nil)) }
        return subject.hasSameBytes(as: link.subject) && issuer.hasSameBytes(as: link.issuer)
            && audiences(claims).contains(.string(upstream.clientID))
    }

    private static func audiences(_ claims: [String: JSON]) -> [JSON] {
        claims["aud"].map { $0.arrayValue ?? [$0] } ?? []
    }

    private static func unverified(_ text: String) throws(UpstreamFault) -> UnverifiedJWS {
        do throws(JWSError) { return try UnverifiedJWS(text) } catch {
            throw .idToken(error == .tooLong ? .tooLong : .malformed)
        }
    }

    private static func subject(_ claims: [String: JSON]) throws(UpstreamFault.IDTokenFault) -> String {
        guard let subject = claims["sub"]?.stringValue, !subject.isEmpty, subject.utf8.count <= subjectLimit else {
            throw .subject
        }
        return subject
    }

    /// 2 to 5 of §3.1.3.7. Other audiences are nobody whom we trust, so there may be none.
    private static func checkParties(
        _ claims: [String: JSON], _ upstream: Upstream
    ) throws(UpstreamFault.IDTokenFault) {
        let issuer = claims["iss"]?.stringValue
        guard let issuer, issuer.hasSameBytes(as: upstream.issuer.value) else { throw .issuer(issuer) }
        guard audiences(claims) == [.string(upstream.clientID)] else { throw .audience }
        if let party = claims["azp"], party != .string(upstream.clientID) {
            throw .authorizedParty(party.stringValue)
        }
    }

    /// 9 and 10 of §3.1.3.7.
    private static func checkTimes(
        _ claims: [String: JSON], _ now: Timestamp
    ) throws(UpstreamFault.IDTokenFault) {
        guard let expiresAt = Timestamp(numericDate: claims["exp"]),
            let issuedAt = Timestamp(numericDate: claims["iat"])
        else { throw .timeless }
        guard now < expiresAt + clockSkew else { throw .expired(seconds: now - expiresAt) }
        for time in [issuedAt, Timestamp(numericDate: claims["nbf"]) ?? issuedAt] where time > now + clockSkew {
            throw .notYetValid(seconds: time - now)
        }
    }
}
