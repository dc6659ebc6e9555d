import JOSE

/// How people sign in: by a password here, by upstreams, or by one of them without being asked.
package struct SignInOptions: Sendable {
    package let upstreams: [Upstream]
    package let hasPassword: Bool
    /// Whether administrators with a password here may use it all the same, so that a mistake in the configuration, or an
    /// upstream that is down, locks none of them out.
    private let admitsAdministrators: Bool
    /// Where everybody goes without a page of ours; nil: they choose.
    package let straight: UpstreamName?
    /// Whether the login page has the password of here alone, and upstreams are for whoever is led there: by a hint, by the
    /// domain of an address, or since the app names where its users sign in.
    private let isLocal: Bool

    /// - Parameter straight: one of `upstreams`, or of those that are added. Where it is none of either, people choose.
    package init(
        upstreams: [Upstream] = [], hasPassword: Bool = true, admitsAdministrators: Bool = true,
        straight: UpstreamName? = nil, isLocal: Bool = false
    ) {
        self.upstreams = upstreams
        self.hasPassword = hasPassword
        self.admitsAdministrators = admitsAdministrators
        self.straight = straight
        self.isLocal = isLocal
    }

    /// With these after its own. Where both have one of a name, or of an issuer, its own is the one.
    package func adding(_ others: [Upstream]) -> SignInOptions {
        SignInOptions(
            upstreams: upstreams + others.filter { rival(of: $0.name, issuer: $0.issuer) == nil },
            hasPassword: hasPassword, admitsAdministrators: admitsAdministrators, straight: straight, isLocal: isLocal)
    }

    /// The one of these that has that name, or people of that issuer: who is linked is known by the issuer alone, and each of two
    /// would let in the other's, by rules of its own.
    package func rival(of name: UpstreamName, issuer: WebURI) -> Upstream? {
        upstream(named: name) ?? upstreams.first { $0.issuer.value.hasSameBytes(as: issuer.value) }
    }

    /// Whether there is a page for a password of here, for somebody at least.
    package var hasLocalDoor: Bool { hasPassword || admitsAdministrators }

    /// Whether a user whose password was right may sign in by it.
    package func admits(_ user: User, byLocalDoor isLocal: Bool, roles catalogue: ScopeCatalogue) -> Bool {
        if hasPassword { return true }
        return isLocal && admitsAdministrators
            && catalogue.roles(of: user).contains(RoleID(AdministrationScope.admin.rawValue))
    }

    package func upstream(named name: UpstreamName) -> Upstream? { upstreams.first { $0.name == name } }

    /// By the issuer, which a link has for ever; a name may change.
    package func upstream(of link: UpstreamLinkID) -> Upstream? {
        upstreams.first { $0.issuer.value.hasSameBytes(as: link.issuer) }
    }

    /// Whether a password of here serves for this client.
    package func hasPassword(for client: Client) -> Bool { hasPassword && client.metadata.upstreams.admit(nil) }

    /// Those that this client's users may sign in at.
    package func upstreams(for client: Client) -> [Upstream] {
        upstreams.filter { client.metadata.upstreams.admit($0.name) }
    }

    /// Those that this client's users may choose on the login page.
    package func choices(for client: Client) -> [Upstream] {
        isLocal && client.metadata.upstreams.names.isEmpty ? [] : upstreams(for: client)
    }

    /// The one that a request names (`idp_hint`). Nil: none, or one that isn't there, or isn't for its client.
    package func hintedUpstream(for authorization: ValidatedAuthorizationRequest) -> Upstream? {
        authorization.upstreamHint.flatMap { hint in
            upstreams(for: authorization.client).first { $0.name.value.hasSameBytes(as: hint) }
        }
    }

    /// Who asks for this request is sent there without a page.
    package func upstream(for authorization: ValidatedAuthorizationRequest) -> Upstream? {
        let client = authorization.client
        if let hinted = hintedUpstream(for: authorization) { return hinted }
        if let domain = authorization.loginHint.flatMap({ upstream(of: $0, for: client) }) { return domain }
        if let straight, let upstream = upstreams(for: client).first(where: { $0.name == straight }) { return upstream }
        // Of an app that has one place to sign in at, nobody is asked to choose.
        return client.metadata.upstreams.names.isEmpty ? nil : onlyUpstream(for: client)
    }

    /// Where this client's users sign in, if they can nowhere else.
    package func onlyUpstream(for client: Client) -> Upstream? {
        let admitted = upstreams(for: client)
        return admitted.count == 1 && !hasPassword(for: client) ? admitted[0] : nil
    }

    /// Whose users sign in with such names (home-realm discovery): by the domain of an e-mail address.
    package func upstream(of loginName: String, for client: Client) -> Upstream? {
        guard let domain = EmailDomain(of: loginName) else { return nil }
        return upstreams(for: client).first { $0.domains.contains(domain) }
    }

    /// Whether an address may say where somebody signs in.
    package func findsUpstreamByAddress(for client: Client) -> Bool {
        upstreams(for: client).contains { !$0.domains.isEmpty }
    }

    /// Whether a session that began there serves this client. One of an upstream that isn't there any more serves nobody.
    package func admits(_ session: Session, for client: Client) -> Bool {
        let places = client.metadata.upstreams
        guard let came = session.upstream else { return places.admit(nil) }
        return upstream(of: came.link).map { places.admit($0.name) } ?? places.names.isEmpty
    }
}
