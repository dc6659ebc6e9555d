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
            let token = try AccessTokenVerifier(provider: provider).verify(bearer.text)
            let subject = try UserInfo.subject(of: token)
            let release = try provider.claimRelease(for: subject, in: [.userInfo])
            return .json(UserInfo.claims(about: subject, releasing: release))
        } catch {
            return challenge(OAuthError(answering: error), for: request)
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
