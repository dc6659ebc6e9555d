import JOSE

/// A client that has proved who it is, or a public one that has nothing to prove it with. Only this file makes one.
package struct AuthenticatedClient: Sendable {
    package let client: Client

    fileprivate init(_ client: Client) { self.client = client }
}

/// What the proofs of clients are checked with.
package struct ClientProofRules {
    let secrets: ClientSecrets
    /// Each names us as the audience of an assertion.
    let audiences: [String]
    /// In seconds: how far ahead the end of an assertion may be.
    let assertionLifetime: Int64
    let keys: any PublishedKeys
    let store: any AssertionStore
    let now: Timestamp

    /// - Parameter takesTokenEndpoint: whether assertions may be for the token endpoint's URI, as OpenID Connect Core §9
    ///   has it, and not for the issuer alone.
    package init(
        secrets: ClientSecrets, issuer: Issuer, takesTokenEndpoint: Bool, assertionLifetime: Int64 = 5 * 60,
        keys: any PublishedKeys, store: any AssertionStore, at now: Timestamp
    ) {
        self.secrets = secrets
        audiences = [issuer.value] + (takesTokenEndpoint ? [issuer.endpoint("token")] : [])
        self.assertionLifetime = assertionLifetime
        self.keys = keys
        self.store = store
        self.now = now
    }
}

extension ClientCredentials {
    /// Checks what was sent against what is registered. An unknown client and a wrong secret get the same answer.
    ///
    /// Throws `invalid_client`, `unauthorized_client` for one that waits for approval, and what the rules' store and keys
    /// throw.
    ///
    /// - Parameter client: the client of the first of ``clientIDs`` that there is.
    package func authenticate(_ client: Client?, by rules: ClientProofRules) throws -> AuthenticatedClient {
        guard let client, clientIDs.contains(client.id) else {
            throw OAuthError.failedClientAuthentication(
                cause: "client \(clientIDs[0]), \(name)", detail: .unknownClient)
        }
        switch self {
        case .basic(let basic):
            try client.require(.clientSecretBasic)
            try check([basic.decoded.secret] + (basic.raw.map { [$0.secret] } ?? []), of: client, by: rules)
        case .post(_, let secret):
            try client.require(.clientSecretPost)
            try check([secret], of: client, by: rules)
        case .assertion(let assertion):
            try assertion.verify(for: client, by: rules)
        case .idAlone:
            guard client.metadata.isPublic else {
                throw OAuthError.invalidClient(
                    "this client must authenticate; its secret or assertion is missing",
                    detail: .clientAuthentication(.absent, client))
            }
        }
        guard client.approval == .given else { throw OAuthError.awaitedApproval }
        return AuthenticatedClient(client)
    }

    private func check(
        _ sent: [ClientSecret], of client: Client, by rules: ClientProofRules
    ) throws(OAuthError) {
        let failure = OAuthError.failedClientAuthentication(
            cause: "client \(client.id), \(name)", detail: .clientAuthentication(.mismatch, client))
        var isMatch = false
        for expected in try rules.secrets.secrets(of: client, at: rules.now) {
            // Always two comparisons, each in constant time.
            let first = expected.matches(sent.first ?? ClientSecret(""))
            let second = expected.matches(sent.last ?? ClientSecret(""))
            isMatch = isMatch || first || second
        }
        guard isMatch else { throw failure }
    }
}

extension Client {
    /// A client without a registered method sends its secret either way; one with a method, by that alone.
    fileprivate func require(_ method: TokenEndpointAuthMethod) throws(OAuthError) {
        guard !metadata.isPublic else {
            throw .invalidClient(
                "this client is registered without a secret; send client_id alone",
                detail: .clientAuthentication(.unexpected, self))
        }
        guard let registered = metadata.tokenEndpointAuthMethod, registered != method else { return }
        throw .invalidClient(
            "the client authenticated by another method than it is registered with",
            cause: "\(id) is registered with \(registered.rawValue), sent \(method.rawValue)",
            detail: .clientAuthentication(.otherMethod, self))
    }
}

extension OAuthError {
    /// The same for an unknown client and for a proof that isn't the client's.
    package static let failedAuthenticationText: StaticString =
        "client authentication failed: unknown client, or wrong secret or key"

    static func failedClientAuthentication(cause: String, detail: RefusalDetail) -> Self {
        .invalidClient(failedAuthenticationText, cause: cause, detail: detail)
    }
}
