import FCGIBridge
import JOSE
import OIDCLogic

/// The public keys (RFC 7517 §5): those that will sign, sign, and have signed. nginx caches it.
struct JWKSHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        provider.answeringJSON(request) {
            let keys = try provider.store.signingKeys().map(\.publicJWK)
            var answer = Response.json(.object(["keys": .array(keys)]))
            answer.makePublic(maxAge: 300)
            return answer
        }
    }
}
