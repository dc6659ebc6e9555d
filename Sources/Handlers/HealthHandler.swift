import FCGIBridge
import OIDCLogic

/// Says whether this pool can do its work: the store answers.
struct HealthHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        provider.answeringJSON(request) {
            _ = try provider.store.generation()
            return .json(.object(["status": .string("ok")]))
        }
    }
}
