import FCGIBridge
import OIDCLogic

/// A request about a token by a client that has proved who it is (RFC 7009 §2.1, RFC 7662 §2.1).
struct TokenInquiry {
    let client: AuthenticatedClient
    let token: String

    /// Throws `invalid_request`, or what ``ClientAuthenticator`` does. `token_type_hint` isn't looked at: a token shows
    /// by itself what it is.
    init(_ request: Request, provider: Provider) throws {
        let parameters = Parameters(try request.formFields())
        try parameters.requireSingle()
        client = try ClientAuthenticator(provider: provider).authenticate(parameters, request)
        guard let token = try parameters.value("token") else {
            throw OAuthError.invalidRequest("token is missing", detail: .parameter("token", .absent))
        }
        self.token = token
    }
}
