import FCGIBridge
import JOSE
import OIDCLogic

/// `/.well-known/openid-configuration` (OpenID Connect Discovery §4). nginx caches it.
struct DiscoveryHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        var answer = Response.json(
            ProviderMetadata(
                issuer: provider.issuer, signingAlgorithms: signingAlgorithms,
                languages: provider.pages.languages.map(\.tag),
                hasPassword: provider.upstreams.settings.options.hasLocalDoor,
                hasSessionManagement: provider.hasSessionManagement
            ).json)
        answer.makePublic()
        return answer
    }

    /// While the store can't answer, those that every provider has.
    private var signingAlgorithms: [SignatureAlgorithm] {
        let active = (try? provider.store.signingKeys())?.filter { $0.status == .active }.map(\.algorithm) ?? []
        let other = SignatureAlgorithm.allCases.filter { algorithm in
            active.contains(algorithm) && !ClientMetadata.signingAlgorithms.contains(algorithm)
        }
        return ClientMetadata.signingAlgorithms + other
    }
}
