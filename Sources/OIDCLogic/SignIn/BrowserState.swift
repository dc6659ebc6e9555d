import JOSE

/// What tells whether whoever is signed in in a browser has changed (OpenID Connect Session Management 1.0 §4.2). Scripts
/// can read it, and it is worth nothing: it opens no session, and says of none whose it is.
package struct BrowserState: Sendable, Equatable {
    package let text: String

    private static let nobody = "none"

    /// The same for as long as the session goes on, also through sign-ins of its user that renew it.
    ///
    /// - Parameter session: nil: nobody is signed in.
    package init(of session: Session?) {
        text =
            session.map { session in
                // No client's `sid`: no client id begins so.
                let digest = Digest.hmacSHA256(key: session.sidKey, message: Array("\0browser state".utf8))
                return Base64URL.encode(digest.prefix(18))
            } ?? Self.nobody
    }

    package var isOfNobody: Bool { text.hasSameBytes(as: Self.nobody) }

    /// `session_state` (§2), which the page at `check_session_iframe` makes again of what it is sent and of the cookie.
    package func sessionState(for client: ClientID, at origin: WebOrigin, random: some RandomSource) -> String {
        let salt = Base64URL.encode(random.bytes(9))
        let digest = Digest.sha256(Array("\(client.value) \(origin.value) \(text) \(salt)".utf8))
        return "\(Base64URL.encode(digest)).\(salt)"
    }
}
