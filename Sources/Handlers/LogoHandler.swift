import FCGIBridge
import JOSE
import OIDCLogic

/// The logo of an app (OpenID Connect Registration §2, `logo_uri`), from here: a page that showed it from where it is would
/// tell the app's server, or whosever it is, of everybody who looks at it.
struct LogoHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        provider.answeringPage(request) {
            let id = try Parameters(try request.queryFields()).value("client_id", limit: 255)
            guard let client = try id.flatMap({ try provider.store.client(ClientID($0)) }), client.approval == .given,
                let uri = client.metadata.logoURI
            else { return Response(status: .notFound) }
            provider.store.moveOn()
            let logo = provider.logos.logo(at: uri)
            // Browsers show a broken image as such.
            var response = Response(
                contentType: logo?.contentType ?? "image/gif", body: logo?.bytes ?? Logo.transparentPixel)
            // The page names it by its address, so that another is another.
            response[.cacheControl] = logo == nil ? "no-store" : "public, max-age=86400"
            response[.contentSecurityPolicy] = "default-src 'none'; sandbox"
            response[.xContentTypeOptions] = "nosniff"
            return response
        }
    }
}

extension Provider {
    /// Where a page finds the logo of an app; nil: it has none.
    func logo(of client: Client) -> String? {
        client.metadata.logoURI.map { uri in
            let version = Base64URL.encode(Array(Digest.sha256(Array(uri.value.utf8)).prefix(9)))
            return issuer.path + "/logo?" + FormEncoding.encode([("client_id", client.id.value), ("v", version)])
        }
    }
}
