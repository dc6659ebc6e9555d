import FCGIBridge
import JOSE
import OIDCLogic

/// Finds the operation that a request asks for, and performs it if the caller may. The API and the console both come
/// through here.
struct AdministrationOperations {
    let provider: Provider

    struct MethodNotAllowed: Error {
        let allowed: [Method]
    }

    /// RFC 6750 §3.1, `insufficient_scope`.
    struct LackingScope: Error {
        let scope: AdministrationScope
    }

    /// Throws ``AdministrationProblem``, ``MethodNotAllowed``, ``LackingScope``, and what the operation throws.
    func perform(_ path: [String], by caller: AdministrationCaller, _ request: Request) throws -> Response {
        let matching = AdministrationRoute.all.compactMap { route in
            route.path.match(path).map { (route: route, variables: $0) }
        }
        guard !matching.isEmpty else {
            throw AdministrationProblem.notFound("there is nothing at this path; see openapi.json beside it")
        }
        guard let (route, variables) = matching.first(where: { $0.route.method == request.method }) else {
            throw MethodNotAllowed(allowed: matching.map(\.route.method))
        }
        guard caller.may(route.scope) else { throw LackingScope(scope: route.scope) }
        return try route.respond(
            AdministrationCall(
                provider: provider, caller: caller, request: request, variables: variables,
                knownParameters: route.query))
    }
}
