import FCGIBridge
import JOSE
import OIDCLogic

/// The userinfo endpoint (OpenID Connect Core §5.3), by GET and by POST.
struct UserInfoHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        do {
            let form = request.method == .post && !request.body.isEmpty ? Parameters(try request.formFields()) : nil
            guard let bearer = try BearerToken(authorization: request.header("Authorization"), form: form) else {
                return challenge(nil, for: request)
            }
            let token = try verify(bearer)
            let store = provider.store
            return .json(
                try UserInfo.claims(
                    for: token, client: try store.client(token.clientID), user: try store.user(token.subject),
                    grant: try store.grant(token.grantID)))
        } catch {
            return challenge(OAuthError(answering: error), for: request)
        }
    }

    /// RFC 9068 §4. The algorithm is ours to say, not the token's (RFC 8725 §3.1).
    private func verify(_ bearer: BearerToken) throws -> AccessToken {
        do {
            let jws = try UnverifiedJWS(bearer.text)
            guard let id = jws.keyID, let key = try provider.keys.verificationKeys(from: provider.store)[id] else {
                throw OAuthError.invalidToken("the token was not signed by a key of ours")
            }
            let verified = try jws.verified(by: key, algorithm: KeyRing.accessTokenAlgorithm, type: AccessToken.type)
            return try AccessToken(verified: try verified.claims(), issuer: provider.issuer, at: provider.now())
        } catch let error as JWSError {
            throw OAuthError.invalidToken("the token is no valid access token of ours", cause: "\(error)")
        }
    }

    /// RFC 6750 §3: a request without a token is told how to ask, one with a bad token also why not. What isn't the
    /// token's fault is no reason to ask for another.
    func challenge(_ error: OAuthError?, for request: Request) -> Response {
        guard let error else {
            var response = Response.json(.object([:]), status: .unauthorized)
            response[.wwwAuthenticate] = "Bearer realm=\"userinfo\""
            return response
        }
        var response = provider.jsonError(error, for: request)
        guard error.code.isAboutBearerToken else { return response }
        let description = error.description(refusal: request.id)
        response[.wwwAuthenticate] = HeaderValue(
            "Bearer realm=\"userinfo\", error=\"\(error.code.rawValue)\", error_description=\"\(description)\"")
        return response
    }
}

extension OAuthError.Code {
    /// RFC 6750 §3.1 knows these three.
    fileprivate var isAboutBearerToken: Bool {
        self == .invalidRequest || self == .invalidToken || self == .insufficientScope
    }
}
