import FCGIBridge
import JOSE
import OIDCLogic

/// What a token opens (RFC 9110 §11.5).
enum BearerRealm: String {
    case userinfo, registration, administration
}

extension Provider {
    /// RFC 6750 §3: a request without a token is told how to ask, one with a bad token also why not (§3.1). What isn't the
    /// token's fault is no reason to ask for another.
    func bearerChallenge(_ error: OAuthError?, realm: BearerRealm, for request: Request) -> Response {
        guard let error else {
            return Self.challenged(.json(.object([:]), status: .unauthorized), by: realm)
        }
        var response = jsonError(error, for: request)
        guard error.code.isAboutBearerToken else { return response }
        guard !error.isOfAbsentCredential else { return Self.challenged(response, by: realm) }
        let description = error.description(refusal: request.id)
        response[.wwwAuthenticate] = HeaderValue(
            "Bearer realm=\"\(realm.rawValue)\", error=\"\(error.code.rawValue)\", "
                + "error_description=\"\(description)\"")
        return response
    }

    /// Without an error code: no token was presented that something could be wrong with.
    private static func challenged(_ answer: Response, by realm: BearerRealm) -> Response {
        var response = answer
        response[.wwwAuthenticate] = HeaderValue("Bearer realm=\"\(realm.rawValue)\"")
        return response
    }
}

extension OAuthError {
    fileprivate var isOfAbsentCredential: Bool { if case .credential(_, .absent) = detail { true } else { false } }
}

extension OAuthError.Code {
    /// RFC 6750 §3.1 knows these three.
    fileprivate var isAboutBearerToken: Bool {
        self == .invalidRequest || self == .invalidToken || self == .insufficientScope
    }
}
