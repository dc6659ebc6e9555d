import JOSE

/// An identity provider that users sign in at in place of here, as the administrator configured it. Here we are its client.
package struct Upstream: Sendable, Equatable {
    package let name: UpstreamName
    /// What people call it, as on the login page's button.
    package let title: String
    /// `iss`, to the byte (OpenID Connect Core §3.1.3.7). Of one that speaks OAuth alone it is what links are kept by.
    package let issuer: WebURI
    /// What it knows us by.
    package let clientID: String
    package let authentication: UpstreamAuthentication
    /// What ``UpstreamAuthentication/privateKeyJWT`` signs by.
    package let assertionAlgorithm: SignatureAlgorithm
    /// What we ask it for; `openid` is among it, unless it speaks OAuth alone.
    package let scope: Scope
    /// RFC 8725 §3.1: how it may sign ID tokens, never what a token's header says.
    package let algorithms: [SignatureAlgorithm]
    /// Whose users are sent straight to it, by the domain of what they sign in with.
    package let domains: [EmailDomain]
    package let admission: UpstreamAdmission
    package let mapping: UpstreamMapping
    /// How often it is asked whether its users may still sign in; nil: never.
    package let rhythm: UpstreamRhythm?
    /// Nil: it speaks OpenID Connect, and says by itself where its endpoints are.
    package let oauth: PlainOAuth?
    /// What its authorization endpoint is asked for besides, at each sign-in.
    package let parameters: [String: String]
    /// Whether signing out here leads on to it, so that its session ends as well (RP-Initiated Logout 1.0).
    package let signsOut: Bool
    /// Whether a refresh token that it refuses is the end of its user here, and not of a sign-in alone.
    package let endsByRefusal: Bool

    package init(
        name: UpstreamName, title: String, issuer: WebURI, clientID: String, authentication: UpstreamAuthentication,
        assertionAlgorithm: SignatureAlgorithm = .rs256, scope: Scope, algorithms: [SignatureAlgorithm] = [.rs256],
        domains: [EmailDomain] = [],
        admission: UpstreamAdmission = .everyone, mapping: UpstreamMapping = UpstreamMapping(),
        rhythm: UpstreamRhythm? = UpstreamRhythm(), oauth: PlainOAuth? = nil,
        parameters: [String: String] = [:], signsOut: Bool = false, endsByRefusal: Bool = false
    ) {
        self.name = name
        self.title = title
        self.issuer = issuer
        self.clientID = clientID
        self.authentication = authentication
        self.assertionAlgorithm = assertionAlgorithm
        self.scope = scope
        self.algorithms = algorithms
        self.domains = domains
        self.admission = admission
        self.mapping = mapping
        self.rhythm = rhythm
        self.oauth = oauth
        self.parameters = parameters
        self.signsOut = signsOut
        self.endsByRefusal = endsByRefusal
    }

    /// Whether it can be asked who is signed in without a page of its (OpenID Connect Core §3.1.2.1, `prompt=none`).
    package var answersSilently: Bool { oauth == nil }

    /// Whether the end of its tokens is no news of a user who has signed out there. Those of `offline_access` outlive a sign-out
    /// (OpenID Connect Core §11, Back-Channel Logout 1.0 §2.7).
    package var tokensEndWithSession: Bool { !endsByRefusal && !scope.contains(Scope.offlineAccess) }

    /// Where it sends users back to. Each upstream has one of its own, so that an answer of one can't be taken for another's
    /// (RFC 9700 §4.4.2).
    package func redirectURI(at issuer: Issuer) -> String { issuer.endpoint("callback/\(name)") }

    /// Where it sends users back to who have signed out there (RP-Initiated Logout 1.0 §3).
    package func postLogoutRedirectURI(at issuer: Issuer) -> String { issuer.endpoint("signed-out/\(name)") }

    /// Where it finds the keys that we prove ourselves to it by (RFC 7517 §5).
    package func keysURI(at issuer: Issuer) -> String { issuer.endpoint("jwks/\(name)") }
}

package enum UpstreamNameKind {}
/// What the configuration, URLs and the audit log call an upstream.
package typealias UpstreamName = Identifier<UpstreamNameKind>

extension UpstreamName {
    /// Nil unless it has 1 to 64 lower-case letters, digits and `-` `.` `_`, and begins with a letter or a digit.
    package init?(configured text: String) {
        guard let name = CIRuleName(configured: text), text.utf8.first.map({ !"-._".utf8.contains($0) }) ?? false else {
            return nil
        }
        self.init(name.value)
    }
}

/// How we prove to an upstream's token endpoint who we are (RFC 6749 §2.3.1, OpenID Connect Core §9).
package enum UpstreamAuthentication: String, Sendable, CaseIterable {
    case basic = "client_secret_basic"
    case post = "client_secret_post"
    /// RFC 7523 §2.2, by a key that we have for this upstream alone.
    case privateKeyJWT = "private_key_jwt"
}

package enum UpstreamSecretKind {}
package typealias UpstreamSecret = Secret<UpstreamSecretKind>

/// Who of an upstream's users becomes one of ours at their first sign-in.
package enum UpstreamAdmission: Sendable, Equatable {
    case everyone
    /// Whoever this holds for, over what the upstream says of them.
    case whoever(String)
    /// Nobody: those alone sign in who were linked before.
    case nobody
}

/// What follows for a user from what their upstream says of them, at each sign-in.
package struct UpstreamMapping: Sendable, Equatable {
    /// What a new user signs in by here; nil: the `preferred_username`, else the e-mail address, else the subject.
    package var username: String?
    /// An attribute's name with the expression that gives it, beside the standard claims, which keep their names.
    package var attributes: [String: String]
    /// Roles with the expression that has to hold for them.
    package var roles: [RoleID: String]
    /// An expression that gives the names of roles of everybody's apps. Those that aren't there here are left out.
    package var roleNames: String?
    /// The domains of which the upstream is believed when it says `email_verified`.
    package var verifiedDomains: [EmailDomain]
    /// Whether the upstream calls the address verified; nil: it is its claim `email_verified` that says so.
    package var emailVerified: String?

    package init(
        username: String? = nil, attributes: [String: String] = [:], roles: [RoleID: String] = [:],
        roleNames: String? = nil, verifiedDomains: [EmailDomain] = [], emailVerified: String? = nil
    ) {
        self.username = username
        self.attributes = attributes
        self.roles = roles
        self.roleNames = roleNames
        self.verifiedDomains = verifiedDomains
        self.emailVerified = emailVerified
    }

    /// Whether something depends on the claim, as far as its name says.
    func mentions(_ claim: String) -> Bool {
        let expressions = [username, roleNames, emailVerified].compactMap(\.self) + attributes.values + roles.values
        return expressions.contains { $0.contains(claim) }
    }
}

/// What stands behind the `@`, in lower case.
package struct EmailDomain: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// Nil for what is no domain of ASCII letters, digits, dots and hyphens.
    package init?(_ text: String) {
        guard text.contains("."), text.utf8.count <= 253,
            text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ label in
                !label.isEmpty && label.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") }
            })
        else { return nil }
        description = text.lowercased()
    }

    /// Of an address, or of whatever somebody signs in with; nil: it has none.
    package init?(of address: String) {
        guard let at = address.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        self.init(String(decoding: address.utf8[at...].dropFirst(), as: UTF8.self))
    }
}
