import JOSE

/// How large tokens may become: whoever is given one must be able to send it.
package enum TokenSize: Sendable {
    case accessToken, idToken

    /// In bytes, of the claims as JSON.
    package var limit: Int {
        switch self {
        // It goes in one line of a request's header (RFC 6750 §2.1), of which nginx and most servers take 8 KiB. A token
        // has a third more bytes than its claims, a header, and a signature of at most 684 (RSA with 4096 bits).
        case .accessToken: 5_500
        // Of the claims about the user. It comes back to us as `id_token_hint`; see ``IDTokenHint/limit``. What the
        // protocol says beside them, the nonce among it, has at most 1,500 bytes.
        case .idToken: 7_000
        }
    }

    /// Throws `server_error`, whose cause names the largest claims: what makes a token too large is for the administrator
    /// to mend.
    ///
    /// - Parameter count: how many bytes `claims` have as JSON.
    package func check(_ claims: JSON, count: Int) throws(OAuthError) {
        guard count > limit else { return }
        throw .serverError(cause: OversizedToken(size: self, claims: claims, count: count).description)
    }

    /// The same, for whoever has not written them as JSON yet.
    package func check(_ claims: [String: JSON]) throws(OAuthError) {
        guard !claims.isEmpty else { return }
        let json = JSON.object(claims)
        try check(json, count: json.serialized().count)
    }
}

/// What makes a token too large.
private struct OversizedToken: CustomStringConvertible {
    let size: TokenSize
    let claims: JSON
    let count: Int

    var description: String {
        let token =
            switch size {
            case .accessToken: "the claims of the access token have"
            case .idToken: "the claims about the user in the ID token have"
            }
        let largest = (claims.objectValue ?? [:]).map { (name: $0.key, count: $0.value.serialized().count) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(3)
            .map { "\($0.name) (\($0.count))" }.joined(separator: ", ")
        return "\(token) \(count) bytes, more than \(size.limit); the largest are \(largest). Let them be read at "
            + "userinfo or introspection instead (postern claim set NAME --in userinfo,introspection)"
    }
}
