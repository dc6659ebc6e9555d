import JOSE

/// A sign-out that leads on to the upstream which the session came from (RP-Initiated Logout 1.0 §2). It travels sealed: first to
/// where the upstream is asked, since that may take a while, then there and back as `state`.
package struct UpstreamSignOut: Sendable {
    package let upstream: UpstreamName
    package let startedAt: Timestamp
    /// Where it goes afterwards: an address that was looked at when it began; nil: to a page of ours.
    package let destination: String?
    package let uiLocales: [String]

    package init(
        at upstream: UpstreamName, to destination: String?, uiLocales: [String], at now: Timestamp
    ) {
        self.upstream = upstream
        startedAt = now
        self.destination = destination
        self.uiLocales = uiLocales
    }

    private var content: [String: JSON] {
        [
            "u": .string(upstream.value), "s": .integer(startedAt.seconds), "d": destination.map(JSON.string),
            "l": .array(uiLocales.map(JSON.string)),
        ].compactMapValues { $0 }
    }

    /// On the way to where the upstream is asked, with what it is to be told.
    package func sealed(with hint: UpstreamLogoutHint?, by seal: Seal) -> String {
        var content = content
        content["h"] = hint?.content
        return seal.seal(JSON.object(content).serialized(), purpose: .upstreamSignOut)
    }

    /// As `state`.
    package func sealedState(by seal: Seal) -> String {
        seal.seal(JSON.object(content).serialized(), purpose: .upstreamSignOutState)
    }

    /// Throws if it is none of ours.
    package static func opened(
        _ text: String, by seal: Seal
    ) throws -> (signOut: UpstreamSignOut, hint: UpstreamLogoutHint?) {
        let content = try JSON(parsing: try seal.open(text, purpose: .upstreamSignOut))
        return (try Self(content), content["h"].map(UpstreamLogoutHint.init(content:)))
    }

    /// Throws if it is none of ours.
    package init(state text: String, opening seal: Seal) throws {
        try self.init(JSON(parsing: try seal.open(text, purpose: .upstreamSignOutState)))
    }

    private init(_ content: JSON) throws {
        guard let upstream = content["u"]?.stringValue, let startedAt = content["s"]?.integerValue else {
            throw SealError.unexpectedContent
        }
        self.upstream = UpstreamName(upstream)
        self.startedAt = Timestamp(startedAt)
        destination = content["d"]?.stringValue
        uiLocales = content["l"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}

/// What we ask an upstream's end session endpoint for (RP-Initiated Logout 1.0 §2).
package struct UpstreamLogoutRequest: Sendable {
    package let uri: String

    package init(
        to upstream: Upstream, at endpoint: WebURI, _ hint: UpstreamLogoutHint?, state: String, uiLocales: [String],
        from issuer: Issuer
    ) {
        var fields: [(name: String, value: String)] = [("client_id", upstream.clientID)]
        if let idToken = hint?.idToken { fields.append(("id_token_hint", idToken.reveal())) }
        if let person = hint?.person { fields.append(("logout_hint", person)) }
        fields.append(("post_logout_redirect_uri", upstream.postLogoutRedirectURI(at: issuer)))
        fields.append(("state", state))
        if !uiLocales.isEmpty { fields.append(("ui_locales", uiLocales.joined(separator: " "))) }
        uri = FormEncoding.append(fields, to: endpoint.value)
    }
}
