import JOSE

/// How an upstream is asked that speaks OAuth 2.0 (RFC 6749) and not OpenID Connect: there is no discovery, no ID token and no
/// nonce, and an endpoint of its tells whose an access token is.
package struct PlainOAuth: Sendable, Equatable {
    package let authorizationEndpoint: WebURI
    package let tokenEndpoint: WebURI
    package let userinfoEndpoint: WebURI
    /// The member of userinfo that names a user for ever, in the place of `sub`.
    package let subject: String
    /// What else is asked with the access token, by the names that expressions see the answers under.
    package let additional: [String: WebURI]

    package init(
        authorizationEndpoint: WebURI, tokenEndpoint: WebURI, userinfoEndpoint: WebURI, subject: String = "sub",
        additional: [String: WebURI] = [:]
    ) {
        self.authorizationEndpoint = authorizationEndpoint
        self.tokenEndpoint = tokenEndpoint
        self.userinfoEndpoint = userinfoEndpoint
        self.subject = subject
        self.additional = additional
    }
}

/// What the userinfo endpoint of such an upstream says. It came by TLS from the upstream itself, for an access token that its
/// token endpoint gave us a moment ago; nothing else vouches for it.
package struct OAuthUserinfo: Sendable {
    package let subject: String
    /// `sub` is the subject, whatever the upstream calls so.
    package private(set) var claims: [String: JSON]

    private static let subjectLimit = 255

    /// Throws ``UpstreamFault/userinfo(_:)``.
    package init(parsing body: [UInt8], subject member: String) throws(UpstreamFault) {
        guard let claims = try? JSON(parsing: body, maximumBytes: UpstreamUserinfo.limit).objectValue else {
            throw .userinfo("it isn't a JSON object")
        }
        guard let subject = Self.subject(claims[member]) else {
            throw .userinfo(
                "its member \(member), which says who it is, is missing, or neither a text nor a whole number")
        }
        self.subject = subject
        self.claims = claims
        self.claims["sub"] = .string(subject)
    }

    private static func subject(_ value: JSON?) -> String? {
        let text = value?.integerValue.map { "\($0)" } ?? value?.stringValue
        guard let text, !text.isEmpty, text.utf8.count <= subjectLimit else { return nil }
        return text
    }

    /// Puts the answer of another endpoint under a name.
    ///
    /// Throws ``UpstreamFault/userinfo(_:)``.
    package mutating func add(_ name: String, parsing body: [UInt8]) throws(UpstreamFault) {
        guard let value = try? JSON(parsing: body, maximumBytes: UpstreamUserinfo.limit) else {
            throw .userinfo("what it answers for \(name) isn't JSON")
        }
        claims[name] = value
    }
}
