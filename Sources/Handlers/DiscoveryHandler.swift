import FCGIBridge
import OIDCLogic

/// `/.well-known/openid-configuration` (OpenID Connect Discovery §4). nginx caches it.
struct DiscoveryHandler {
    private let answer: Response

    init(_ provider: Provider) {
        var answer = Response.json(ProviderMetadata(issuer: provider.issuer).json)
        answer.makePublic(maxAge: 300)
        self.answer = answer
    }

    func respond(to request: Request) -> Response { answer }
}
