import OIDCLogic

/// What an entry of `upstreams` has that it doesn't say itself.
struct UpstreamDefaults {
    static let openIDScope = "openid profile email"

    var title: String?
    var issuer: String?
    /// Nil: what OpenID Connect needs, or nothing where OAuth is spoken alone.
    var scope: String?
    var authentication = UpstreamAuthentication.basic
    /// What the authorization endpoint is asked for besides.
    var parameters: [String: String] = [:]
    var username: String?
    var attributes: [String: String] = [:]
    var roleNames: String?
    var emailVerified: String?
    var oauth: PlainOAuth?
    /// In seconds: how old its word of a user may be.
    var recheck = UpstreamRhythm().interval
}
