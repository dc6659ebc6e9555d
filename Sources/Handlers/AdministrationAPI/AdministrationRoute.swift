import FCGIBridge
import JOSE
import OIDCLogic

/// One operation of the administration API: what calls it, who may, what it is, and what it does. The handler and the
/// OpenAPI document are made of these alone, so the document can't say anything else.
struct AdministrationRoute: Sendable {
    let method: Method
    let path: RoutePath
    let scope: AdministrationScope
    /// What it does, in a few words.
    let summary: String
    /// Names of parameters of the query, from ``AdministrationSchemas/parameters``.
    let query: [String]
    /// The schema of the body, by its name; nil: it has none.
    let body: String?
    /// The status of a success, and the schema of its body; nil: it has none.
    let answer: (status: Status, schema: String?)
    /// A change of what the caller has seen: it says so by If-Match.
    let needsMatch: Bool
    /// The same create once more is a success.
    let isRepeatable: Bool
    let respond: @Sendable (AdministrationCall) throws -> Response

    init(
        _ method: Method, _ path: String, _ scope: AdministrationScope, _ summary: String, query: [String] = [],
        body: String? = nil, answer: (status: Status, schema: String?), needsMatch: Bool = false,
        isRepeatable: Bool = false, respond: @escaping @Sendable (AdministrationCall) throws -> Response
    ) {
        self.method = method
        self.path = RoutePath(path)
        self.scope = scope
        self.summary = summary
        self.query = query
        self.body = body
        self.answer = answer
        self.needsMatch = needsMatch
        self.isRepeatable = isRepeatable
        self.respond = respond
    }

    static let all: [AdministrationRoute] =
        clientRoutes + explanationRoutes + grantRoutes + userRoutes + roleRoutes + groupRoutes + scopeRoutes
        + claimRoutes + tokenRoutes + upstreamRoutes + upstreamTraceRoutes
        + logoutDeliveryRoutes + keyRoutes + auditRoutes
}
