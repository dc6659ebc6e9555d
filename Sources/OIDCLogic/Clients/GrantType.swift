/// How a client comes by tokens (RFC 7591 §2, `grant_types`).
package enum GrantType: String, Sendable, CaseIterable {
    /// RFC 6749 §4.1.
    case authorizationCode = "authorization_code"
    /// RFC 6749 §6.
    case refreshToken = "refresh_token"
    /// RFC 6749 §4.4.
    case clientCredentials = "client_credentials"
}
