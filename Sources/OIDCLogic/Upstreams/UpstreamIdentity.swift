import JOSE

/// What an upstream says of a user who has signed in there.
package struct UpstreamIdentity: Sendable {
    package let issuer: WebURI
    package let subject: String
    /// Of the ID token and, beside it, of userinfo.
    package let claims: [String: JSON]
    /// The upstream's own name for its session (Back-Channel Logout 1.0 §2.1).
    package let sid: String?
    /// When the user last proved there who they are. Nil: it doesn't say.
    package let authTime: Timestamp?
    package let acr: String?
    package let amr: [String]
    /// Nil: nobody can be signed out there.
    package let logoutHint: UpstreamLogoutHint?

    /// In bytes, of a text that is kept with the session.
    private static let textLimit = 255
    private static let amrLimit = 16

    /// - Parameter userinfo: nil: none was asked for.
    package init(_ token: UpstreamIDToken, userinfo: UpstreamUserinfo?, from upstream: Upstream) {
        issuer = upstream.issuer
        subject = token.subject
        // What was signed for this sign-in stands before what was only fetched.
        claims = Self.fitting(userinfo?.claims ?? [:], to: token.claims).merging(token.claims) { _, signed in signed }
        sid = Self.text(token.claims["sid"])
        // Providers that don't know it say 0 (Glewlwyd, after a sign-in of its own).
        authTime = Timestamp(numericDate: token.claims["auth_time"]).flatMap { $0.seconds > 0 ? $0 : nil }
        acr = Self.text(token.claims["acr"])
        logoutHint = UpstreamLogoutHint(token)
        amr = (token.claims["amr"]?.arrayValue ?? []).compactMap(Self.text).prefix(Self.amrLimit).map { $0 }
    }

    /// What is verified is the address beside it (OpenID Connect Core §5.1), and no other.
    private static func fitting(_ fetched: [String: JSON], to signed: [String: JSON]) -> [String: JSON] {
        var fitting = fetched
        for name in ["email", "phone_number"] {
            if let value = signed[name], value != fetched[name] { fitting[name + "_verified"] = nil }
        }
        return fitting
    }

    /// Of one that speaks OAuth alone: it says who they are, and neither when nor how they proved it.
    package init(_ userinfo: OAuthUserinfo, from upstream: Upstream) {
        issuer = upstream.issuer
        subject = userinfo.subject
        claims = userinfo.claims
        sid = nil
        authTime = nil
        acr = nil
        amr = []
        logoutHint = nil
    }

    /// Distributed claims (OpenID Connect Core §5.6.2), which nobody fetches here. To take them for absent would take away
    /// what follows from them, and nobody would know why.
    var claimsElsewhere: [String] {
        (claims["_claim_names"]?.objectValue?.keys.sorted() ?? []).filter { claims[$0] == nil }
    }

    private static func text(_ claim: JSON?) -> String? {
        guard let text = claim?.stringValue, !text.isEmpty, text.utf8.count <= textLimit else { return nil }
        return text
    }

    /// Nobody is linked without having seen as whom: whoever was to prove anew who they are has done so, as far as it says. One
    /// that says no time is believed, as many say none.
    ///
    /// Throws ``UpstreamFault/notRenewed``.
    package func requireSeen(
        by upstream: Upstream, _ metadata: UpstreamMetadata, for authorization: ValidatedAuthorizationRequest,
        _ attempt: UpstreamAttempt
    ) throws(UpstreamFault) {
        guard upstream.oauth == nil, let authTime,
            UpstreamRequest.prompt(of: upstream, metadata, for: authorization, attempt).contains(Prompt.login.rawValue)
        else { return }
        guard authTime >= attempt.startedAt + -UpstreamIDToken.clockSkew else { throw .notRenewed }
    }

    /// The time of authentication for a session here: the upstream's, and nil if it says none. Where the user had to prove anew
    /// who they are, or not too long ago, it must be there, and new enough (OpenID Connect Core §3.1.2.1).
    ///
    /// Throws ``UpstreamFault/notRenewed``.
    package func authTime(
        for authorization: ValidatedAuthorizationRequest, of attempt: UpstreamAttempt, at now: Timestamp
    ) throws(UpstreamFault) -> Timestamp? {
        let skew = UpstreamIDToken.clockSkew
        if authorization.prompt.contains(.login) {
            guard let authTime, authTime >= attempt.startedAt + -skew else { throw .notRenewed }
        }
        if let maxAge = authorization.maxAge {
            guard let authTime, now - authTime <= maxAge + skew + (now - attempt.startedAt) else { throw .notRenewed }
        }
        // Nobody has signed in later than now.
        return authTime.map { min($0, now) }
    }
}
