import FCGIBridge
import JOSE
import OIDCLogic

/// The public keys (RFC 7517 §5): those that will sign, sign, and have signed what may be good yet. nginx
/// caches it, as ``PublicCaching`` says.
struct JWKSHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        provider.answeringJSON(request) {
            let now = provider.now()
            let keys = try provider.store.signingKeys().filter { $0.isPublished(at: now) }.map(\.publicJWK)
            var answer = Response.json(.object(["keys": .array(keys)]))
            answer.makePublic()
            return answer
        }
    }
}
