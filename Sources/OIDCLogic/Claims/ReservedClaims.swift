import JOSE

/// Claims that have a meaning of their own: none that an administrator names may take their place.
package enum ReservedClaims {
    /// RFC 7519 §4.1, RFC 7662 §2.2, RFC 8693 §4, OpenID Connect Core §2 and §5.1, Back-Channel Logout §2.4, and ours.
    private static let names: Set<Identifier<ReservedClaimKind>> = Set(
        ([
            "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "acr", "amr", "azp", "auth_time", "at_hash",
            "c_hash", "s_hash", "sid", "cnf", "act", "may_act", "events", "active", "scope", "client_id", "token_type",
            "username",
        ] + StandardClaims.names).map { Identifier($0) })

    package static func contains(_ name: String) -> Bool {
        names.contains(Identifier(name)) || name.utf8.starts(with: "com.mendix.user.".utf8)
    }
}

private enum ReservedClaimKind {}
