import FCGIBridge
import JOSE
import OIDCLogic

/// What a token opens (RFC 9110 §11.5).
enum BearerRealm: String {
    case userinfo, registration, administration
}

extension Provider {
    /// RFC 6750 §3: a request without a token is told how to ask, one with a bad token also why not. What isn't the
    /// token's fault is no reason to ask for another.
    func bearerChallenge(_ error: OAuthError?, realm: BearerRealm, for request: Request) -> Response {
        guard let error else {
            var response = Response.json(.object([:]), status: .unauthorized)
            response[.wwwAuthenticate] = HeaderValue("Bearer realm=\"\(realm.rawValue)\"")
            return response
        }
        var response = jsonError(error, for: request)
        guard error.code.isAboutBearerToken else { return response }
        let description = error.description(refusal: request.id)
        response[.wwwAuthenticate] = HeaderValue(
            "Bearer realm=\"\(realm.rawValue)\", error=\"\(error.code.rawValue)\", "
                + "error_description=\"\(description)\"")
        return response
    }
}

extension OAuthError.Code {
    /// RFC 6750 §3.1 knows these three.
    fileprivate var isAboutBearerToken: Bool {
        self == .invalidRequest || self == .invalidToken || self == .insufficientScope
    }
}
