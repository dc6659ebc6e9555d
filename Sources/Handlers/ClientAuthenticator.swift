import FCGIBridge
import OIDCLogic

/// Authenticates the client of a request, and slows down who guesses.
struct ClientAuthenticator {
    let provider: Provider

    /// Throws `invalid_client`, `invalid_request`, or `temporarily_unavailable` (429) after too many failures from this address.
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
        let wait = key.throttle.wait(after: failures, at: provider.now())
        guard wait == 0 else {
            throw OAuthError.tooManyRequests(
                "too many failed authentications of this client; wait", retryAfter: Int(wait))
        }
        do {
            let authenticated = try credentials.authenticate(client, opening: provider.seal)
            if failures != nil { try provider.store.clearFailures(for: [key]) }
            return authenticated
        } catch let error as OAuthError where error.code == .invalidClient {
            try provider.store.recordFailure(for: [key], at: provider.now())
            throw error
        }
    }

    private func find(_ credentials: ClientCredentials) throws -> Client? {
        if let client = try provider.store.client(credentials.clientID) { return client }
        guard let raw = credentials.rawClientID else { return nil }
        return try provider.store.client(raw)
    }
}
