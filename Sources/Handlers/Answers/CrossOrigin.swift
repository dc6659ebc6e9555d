import FCGIBridge
import OIDCLogic

/// Lets scripts of registered clients' pages call an endpoint and read its answer (Fetch Standard §3.3). No cookie counts
/// at these endpoints, so credentials are never allowed.
struct CrossOrigin {
    private let provider: Provider
    private let methods: HeaderValue

    init(_ provider: Provider, methods: Set<Method>) {
        self.provider = provider
        self.methods = HeaderValue(methods.map(\.rawValue).sorted().joined(separator: ", ")) ?? "POST"
    }

    /// In seconds, how long a browser may keep what it was told beforehand.
    private static let maxAge = 600

    func answer(_ request: Request, _ respond: (Request) throws -> Response) throws -> Response {
        let origin = try allowedOrigin(request)
        var response = request.method == .options ? preflight(origin) : try respond(request)
        response[.vary] = "Origin"
        response[.accessControlAllowOrigin] = origin
        return response
    }

    /// Nil: the request is no page's, or of a page that no client names. A store that can't answer allows nobody, and the
    /// endpoint says by itself what is wrong.
    private func allowedOrigin(_ request: Request) throws -> HeaderValue? {
        guard let header = request.header("Origin"), let origin = WebOrigin(header: header),
            (try? provider.store.isRegistered(origin)) ?? false
        else { return nil }
        return HeaderValue(origin.value)
    }

    private func preflight(_ origin: HeaderValue?) -> Response {
        var response = Response(status: .noContent)
        response[.cacheControl] = "no-store"
        guard origin != nil else { return response }
        response[.accessControlAllowMethods] = methods
        response[.accessControlAllowHeaders] = "Authorization, Content-Type"
        response[.accessControlMaxAge] = HeaderValue(Self.maxAge)
        return response
    }
}
