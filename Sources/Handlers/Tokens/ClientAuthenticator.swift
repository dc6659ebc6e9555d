import FCGIBridge
import OIDCLogic

/// Authenticates the client of a request, and slows down who guesses.
struct ClientAuthenticator {
    let provider: Provider

    /// Throws `invalid_client`, `invalid_request`, or `temporarily_unavailable`: 429 after too many failures from this
    /// address, 503 while a client's keys can't be fetched.
    func authenticate(_ parameters: Parameters, _ request: Request) throws -> AuthenticatedClient {
        let credentials = try ClientCredentials(parameters, authorization: request.header("Authorization"))
        let client = try find(credentials)
        let key: ThrottleKey =
            if let client {
                .client(client.id, address: request.remoteAddress)
            } else {
                .unknownClient(address: request.remoteAddress)
            }
        let failures = try provider.store.failedAttempts(for: key)
        let now = provider.now()
        let wait = key.throttle.wait(after: failures, at: now)
        guard wait == 0 else {
            throw OAuthError.tooManyRequests(
                "too many failed authentications of this client; wait", retryAfter: Int(wait))
        }
        let rules = ClientProofRules(
            secrets: provider.secrets, issuer: provider.issuer,
            takesTokenEndpoint: provider.assertions.takesTokenEndpoint,
            assertionLifetime: provider.assertions.lifetime, keys: provider.publishedKeys, store: provider.store,
            at: now)
        // The keys may have to be fetched.
        if case .assertion = credentials { provider.store.moveOn() }
        do {
            let authenticated = try credentials.authenticate(client, by: rules)
            if failures != nil { try provider.store.clearFailures(for: [key]) }
            return authenticated
        } catch let error as OAuthError where error.code == .invalidClient {
            try provider.store.recordFailure(for: [key], at: now)
            throw error
        }
    }

    private func find(_ credentials: ClientCredentials) throws -> Client? {
        for id in credentials.clientIDs {
            if let client = try provider.store.client(id) { return client }
        }
        return nil
    }
}
