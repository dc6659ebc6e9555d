import JOSE

/// An upstream's word that somebody is no longer signed in there (Back-Channel Logout 1.0 §2.4), verified by §2.6: this is
/// the one function that takes such.
package struct UpstreamLogoutToken: Sendable {
    package let ended: Ended
    /// Of its `jti`: it serves once.
    package let id: AssertionID
    /// Until when its id is to be kept.
    package let end: Timestamp

    /// What has ended.
    package enum Ended: Sendable, Equatable {
        /// One session of theirs; nil: it doesn't say whose.
        case session(sid: String, subject: String?)
        /// §2.4: without `sid`, all that the person has.
        case person(subject: String)
    }

    /// Why it isn't taken.
    package enum Fault: Error, Sendable, Equatable {
        case malformed, algorithm, type, signature, issuer, audience, timeless, expired, notYetValid, hasNoID, hasNonce,
            event
        case nobody
        case usedBefore
        case unavailableKeys(String)
        case uselessKeys(String)
    }

    private static let textLimit = 255

    /// Throws ``Fault``.
    package init(
        _ text: String, from upstream: Upstream, _ metadata: UpstreamMetadata, keys: any PublishedKeys,
        at now: Timestamp
    ) throws(Fault) {
        guard let jws = try? UnverifiedJWS(text) else { throw .malformed }
        guard let algorithm = upstream.algorithms.first(where: { $0.rawValue.hasSameBytes(as: jws.algorithm) }) else {
            throw .algorithm
        }
        guard let type = jws.acceptedType(LogoutToken.type) else { throw .type }
        guard let place = metadata.keys else { throw .signature }
        let verified: VerifiedJWS?
        do throws(PublishedKeysFault) {
            verified = try keys.verified(jws, at: .uri(place), algorithm: algorithm, type: type)
        } catch {
            switch error {
            case .unavailable(let cause): throw .unavailableKeys(cause)
            case .useless(let cause): throw .uselessKeys(cause)
            }
        }
        guard let verified else { throw .signature }
        guard let claims = try? verified.claims() else { throw .malformed }
        try Self.check(claims, upstream, now)
        end = try Self.times(claims).expiresAt + UpstreamIDToken.clockSkew
        guard let jti = claims["jti"]?.stringValue, !jti.isEmpty else { throw .hasNoID }
        id = AssertionID(logout: jti, issuedBy: upstream.issuer)
        ended = try Self.ended(claims)
    }

    private static func check(_ claims: JSON, _ upstream: Upstream, _ now: Timestamp) throws(Fault) {
        guard claims["iss"] == .string(upstream.issuer.value) else { throw .issuer }
        let audiences = claims["aud"].map { $0.arrayValue ?? [$0] } ?? []
        guard audiences.contains(.string(upstream.clientID)) else { throw .audience }
        let (issuedAt, expiresAt) = try times(claims)
        guard now < expiresAt + UpstreamIDToken.clockSkew else { throw .expired }
        guard issuedAt <= now + UpstreamIDToken.clockSkew else { throw .notYetValid }
        // §2.4: an ID token is none, and can't be made one.
        guard claims["nonce"] == nil else { throw .hasNonce }
        guard claims["events"]?[LogoutToken.event]?.objectValue != nil else { throw .event }
    }

    /// The drafts of the specification had no `exp`, and providers of their time send none (Glewlwyd 2.7): what they send is
    /// good for as long as §2.4 advises.
    private static func times(_ claims: JSON) throws(Fault) -> (issuedAt: Timestamp, expiresAt: Timestamp) {
        guard let issuedAt = Timestamp(numericDate: claims["iat"]) else { throw .timeless }
        guard let exp = claims["exp"] else { return (issuedAt, issuedAt + LogoutToken.lifetime) }
        guard let expiresAt = Timestamp(numericDate: exp) else { throw .timeless }
        return (issuedAt, expiresAt)
    }

    private static func ended(_ claims: JSON) throws(Fault) -> Ended {
        let text = { (name: String) throws(Fault) -> String? in
            guard let claim = claims[name] else { return Optional.none }
            guard let text = claim.stringValue, !text.isEmpty else { throw .nobody }
            return text
        }
        let (sid, subject) = (try text("sid"), try text("sub"))
        guard subject?.utf8.count ?? 0 <= textLimit else { throw .nobody }
        // A longer one isn't kept with sessions, and so names none here; the subject beside it does.
        guard subject != nil || sid?.utf8.count ?? 0 <= textLimit else { throw .nobody }
        if let sid { return .session(sid: sid, subject: subject) }
        guard let subject else { throw .nobody }
        return .person(subject: subject)
    }
}

extension UpstreamLogoutToken.Fault: CustomStringConvertible {
    /// For the administrator.
    package var description: String {
        switch self {
        case .malformed: "it is no signed JWT with claims"
        case .algorithm: "it is signed by an alg that the configuration doesn't allow (algorithms)"
        case .type: "its typ is another kind of JWT's"
        case .signature: "no key that the upstream publishes verifies it"
        case .issuer: "iss isn't the upstream's"
        case .audience: "aud isn't our client_id"
        case .timeless: "iat is missing, or exp is no time"
        case .expired: "it has expired: look at the clocks of both servers"
        case .notYetValid: "iat is in the future: look at the clocks of both servers"
        case .hasNoID: "jti is missing"
        case .hasNonce: "it has a nonce, which no logout token has"
        case .event: "events doesn't say that it is a logout token"
        case .nobody: "it has neither sub nor sid"
        case .usedBefore: "it came before"
        case .unavailableKeys(let cause): "the upstream's keys can't be had: \(cause)"
        case .uselessKeys(let cause): "the upstream's keys can't be used: \(cause)"
        }
    }
}
