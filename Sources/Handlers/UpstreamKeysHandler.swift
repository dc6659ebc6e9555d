import FCGIBridge
import JOSE
import OIDCLogic

/// The public keys that one upstream verifies our assertions with (RFC 7517 §5, RFC 7523 §3).
struct UpstreamKeysHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        provider.answeringJSON(request) {
            guard let upstream = try provider.upstream(in: request), upstream.authentication == .privateKeyJWT else {
                throw OAuthError.invalidRequest("there is no upstream of that name that is shown keys")
            }
            let keys = try provider.upstreamKeys.published(for: upstream)
            var answer = Response.json(.object(["keys": .array(keys)]))
            answer.makePublic()
            return answer
        }
    }
}
