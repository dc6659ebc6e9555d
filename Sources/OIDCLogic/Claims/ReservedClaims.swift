/// Names that say who issued what to whom, and when, and what was proved: nobody but the service itself sets them.
package enum ReservedClaims {
    /// RFC 7519 §4.1, OpenID Connect Core §2 and §3.3.2.11, RFC 7662 §2.2, RFC 7800, RFC 8417, RFC 8693, RFC 9068, RFC 9396.
    private static let ofTheProtocol: Set<String> = [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "acr", "amr", "azp", "auth_time", "at_hash", "c_hash",
        "s_hash", "sid", "cnf", "act", "may_act", "events", "active", "scope", "client_id", "token_type", "updated_at",
        "sub_id", "sub_jwk", "authorization_details", "_claim_names", "_claim_sources",
    ]
    /// Attributes that an administrator may set, since the proof is theirs; a claim of that name would skip it.
    private static let proofs: Set<String> = ["email_verified", "phone_number_verified"]
    private static let mendixProfile = MendixProfile.prefix

    /// Whether no attribute of a user may have this name.
    package static func refusesAttribute(_ name: String) -> Bool { ofTheProtocol.contains(name) }

    /// Whether no client may have its roles or groups in a claim of this name: the standard ones have a meaning as well.
    package static func contains(_ name: String) -> Bool {
        refusesAttribute(name) || proofs.contains(name) || name.hasSameBytes(as: "username")
            || name.utf8.starts(with: mendixProfile.utf8) || StandardClaims.names.contains { $0.hasSameBytes(as: name) }
    }

    /// Whether no custom claim may have this name.
    package static func refusesClaim(_ name: ClaimName, mendixProfile isOn: Bool) -> Bool {
        let first = name.path[0]
        return ofTheProtocol.contains(first) || proofs.contains(first) || !isOn && first.hasPrefix(mendixProfile)
    }
}
