import FCGIBridge
import JOSE
import Logging
import OIDCLogic

extension Provider {
    /// What the log has of a refusal, under the id that the answer shows, and what is kept to explain it.
    func logRefusal(_ error: OAuthError, of request: Request) {
        logRefusal(
            error.code.rawValue, "\(error.text)", error.detail, cause: error.cause, isOurs: error.status.code >= 500,
            of: request)
    }

    /// - Parameter isOurs: it is no fault of whoever asked.
    func logRefusal(
        _ error: String, _ text: String, _ detail: RefusalDetail?, cause: String? = nil, isOurs: Bool = false,
        of request: Request
    ) {
        let kept = keep(error, text, detail, of: request)
        log.log(
            level: isOurs ? .error : .notice, "refused",
            metadata: [
                // As JSON has it, and as pages and nginx's log show it.
                "refusal": "\(request.id)", "reference": "\(ErrorPage.grouped(request.id))",
                "handler": "\(request.handler)", "error": "\(error)", "text": "\(text)", "cause": "\(cause ?? "-")",
                "address": "\(request.remoteAddress)",
            ].merging(kept.metadata) { own, _ in own })
    }

    /// Offers the store a record of it, for `postern why`.
    func keep(
        _ error: String, _ text: String, _ detail: RefusalDetail?, of request: Request
    ) -> RefusalOffer {
        store.offer(
            RefusalRecord(
                id: RefusalID(request.id.lowercased()), at: now(), endpoint: request.handler, error: error, text: text,
                request: RefusedRequest(request, opening: seal), detail: detail))
    }
}

extension RefusalOffer {
    /// What a line of the log says of it: nothing, where all is kept.
    var metadata: Logger.Metadata {
        switch self {
        case .dropped: ["recorded": "no"]
        case .taken(0): [:]
        case .taken(let skipped): ["unrecorded": "\(skipped)"]
        }
    }
}

extension RefusedRequest {
    /// Of a request to any endpoint. A form of ours brings the authorization request that it goes on with, sealed.
    init(_ request: Request, opening seal: Seal) {
        let own = request.method == .post ? try? request.formFields() : try? request.queryFields()
        let sealed = own?.first { $0.name.utf8.elementsEqual("attempt".utf8) }?.value
        let attempt = sealed.flatMap { try? Attempt(sealed: $0, opening: seal) }
        self.init(
            method: request.method.rawValue, fields: (own ?? []) + (attempt?.request.fields ?? []),
            authorization: request.header("Authorization"))
    }
}
