import FCGIBridge
import OIDCLogic

/// What apps frame to learn whether a `session_state` still holds (OpenID Connect Session Management 1.0 §3.1). Nothing is
/// asked of the server for it: a script compares.
struct CheckSessionHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        guard provider.hasSessionManagement else {
            return provider.page(ErrorPage(.notFound, requestID: request.id), status: .notFound, for: request)
        }
        var response = provider.page(CheckSessionPage(cookie: provider.cookies.state), for: request)
        response.allowFraming()
        return response
    }
}
