import FCGIBridge
import Logging
import OIDCLogic

extension Provider {
    /// What the log has of a refusal, under the id that the answer shows.
    func logRefusal(_ error: OAuthError, of request: Request) {
        let isOurs = error.status.code >= 500
        log.log(
            level: isOurs ? .error : .notice, "refused",
            metadata: [
                // As JSON has it, and as pages and nginx's log show it.
                "refusal": "\(request.id)", "reference": "\(ErrorPage.grouped(request.id))",
                "handler": "\(request.handler)", "error": "\(error.code.rawValue)",
                "text": "\(error.text)", "cause": "\(error.cause ?? "-")", "address": "\(request.remoteAddress)",
            ])
    }
}
