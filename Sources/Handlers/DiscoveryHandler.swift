import FCGIBridge
import OIDCLogic

/// `/.well-known/openid-configuration` (OpenID Connect Discovery §4). nginx caches it.
struct DiscoveryHandler {
    private let answer: Response

    init(_ provider: Provider) {
        var answer = provider.json(ProviderMetadata(issuer: provider.issuer).json)
        answer.makePublic(maxAge: 300)
        self.answer = answer
    }

    func respond(to request: Request) -> Response { answer }
}

extension Response {
    /// For what is the same for everyone: any web page may read it, and caches may keep it for `maxAge` seconds, or for
    /// an hour where this provider can't be reached (RFC 5861 §4).
    mutating func makePublic(maxAge: Int) {
        self[.cacheControl] = HeaderValue(
            "public, max-age=\(maxAge), stale-while-revalidate=\(maxAge), stale-if-error=3600")
        self[.accessControlAllowOrigin] = "*"
    }
}
