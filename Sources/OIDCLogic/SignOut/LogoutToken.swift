import JOSE

/// Tells a client that a session of one of its users has ended (Back-Channel Logout 1.0 §2.4).
package enum LogoutToken {
    /// RFC 8725 §3.11: no other kind of token has this `typ`.
    package static let type = "logout+jwt"
    /// In seconds: the longest that §4 recommends.
    static let lifetime: Int64 = 120
    static let event = "http://schemas.openid.net/event/backchannel-logout"

    /// There is no `nonce`, so that nobody takes it for an ID token (§2.4).
    ///
    /// - Parameter subjects: how that client knows its users.
    package static func claims(
        for delivery: LogoutDelivery, knowing subjects: SubjectIdentifiers, issuer: Issuer, at now: Timestamp,
        random: some RandomSource
    ) -> JSON {
        [
            "iss": .string(issuer.value), "sub": .string(subjects.identifier(of: delivery.userID).value),
            "aud": .string(delivery.clientID.value), "iat": .integer(now.seconds),
            "exp": .integer((now + lifetime).seconds), "jti": .string(Base64URL.encode(random.bytes(16))),
            "sid": .string(delivery.sid), "events": [event: [:]],
        ]
    }
}
