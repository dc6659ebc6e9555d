import FCGIBridge
import JOSE
import OIDCLogic

/// The userinfo endpoint (OpenID Connect Core §5.3), by GET and by POST.
struct UserInfoHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        do {
            // RFC 6750 §2.2: a body that is no form holds no token, and whoever sends one in the header may send any.
            let mayHoldToken =
                request.method == .post && !request.body.isEmpty
                && (request.hasContentType("application/x-www-form-urlencoded")
                    || request.header("Authorization") == nil)
            let form = mayHoldToken ? Parameters(try request.formFields()) : nil
            guard let bearer = try BearerToken(authorization: request.header("Authorization"), form: form) else {
                return provider.bearerChallenge(nil, realm: .userinfo, for: request)
            }
            let token = try AccessTokenVerifier(provider: provider).verify(bearer.text)
            let subject = try UserInfo.subject(
                of: token, in: try provider.store.catalogue(), issuer: provider.issuer)
            let claims = UserInfo.claims(
                of: token,
                releasing: try provider.availableClaims(for: subject, in: .userInfo).claims(for: .userInfo))
            guard let algorithm = subject.client.metadata.userInfoSignedResponseAlg else { return .json(claims) }
            return try signed(claims, for: subject.client, algorithm)
        } catch {
            return provider.bearerChallenge(OAuthError(answering: error), realm: .userinfo, for: request)
        }
    }

    /// OpenID Connect Core §5.3.2: with `iss` and `aud`.
    private func signed(_ claims: JSON, for client: Client, _ algorithm: SignatureAlgorithm) throws -> Response {
        let key = try provider.keys.signingKey(algorithm, from: provider.store)
        let jwt = try JWS.sign(
            header: UserInfo.type, claims: UserInfo.signedClaims(claims, for: client, issuer: provider.issuer), key: key
        )
        var response = Response.json(.null)
        response.body = Array(jwt.utf8)
        response[.contentType] = "application/jwt"
        return response
    }
}
