/// Whom an upstream's user is here. It is found by issuer and subject, and never by an e-mail address.
package struct UpstreamLink: Sendable, Equatable {
    package let id: UpstreamLinkID
    package let userID: UserID
    package let createdAt: Timestamp
    /// An invitation made it, or the user where only those come in who are known, so that no rule of who comes in has a say.
    package let isByHand: Bool
    package var lastUsedAt: Timestamp
    /// What the user has by it alone, and so loses when the upstream takes it away.
    package var roles: Set<RoleID>
    /// Names of attributes, likewise.
    package var attributes: Set<String>
    /// What is known of whether they may still sign in there.
    package var check: UpstreamCheck

    package init(
        id: UpstreamLinkID, userID: UserID, createdAt: Timestamp, isByHand: Bool = false, lastUsedAt: Timestamp,
        roles: Set<RoleID> = [], attributes: Set<String> = [], check: UpstreamCheck
    ) {
        self.id = id
        self.userID = userID
        self.createdAt = createdAt
        self.isByHand = isByHand
        self.lastUsedAt = lastUsedAt
        self.roles = roles
        self.attributes = attributes
        self.check = check
    }
}

/// An upstream's `iss` and `sub`: together, what a user is known by there, for ever (OpenID Connect Core §5.7).
package struct UpstreamLinkID: Sendable, Hashable {
    private let issuerText: Identifier<UpstreamLinkID>
    private let subjectText: Identifier<UpstreamLinkID>

    package init(issuer: String, subject: String) {
        issuerText = Identifier(issuer)
        subjectText = Identifier(subject)
    }

    package init(_ identity: UpstreamIdentity) {
        self.init(issuer: identity.issuer.value, subject: identity.subject)
    }

    package var issuer: String { issuerText.value }
    package var subject: String { subjectText.value }
}

/// By which sign-in at an upstream a session here began.
package struct UpstreamSession: Sendable, Equatable {
    package let upstream: UpstreamName
    package let link: UpstreamLinkID
    /// What its logout tokens may call the session (Back-Channel Logout 1.0 §2.4).
    package let sid: String?
    /// What a sign-out there names it by, sealed; nil: nobody is led there.
    package let sealedLogoutHint: String?

    package init(upstream: UpstreamName, link: UpstreamLinkID, sid: String?, sealedLogoutHint: String? = nil) {
        self.upstream = upstream
        self.link = link
        self.sid = sid
        self.sealedLogoutHint = sealedLogoutHint
    }
}
