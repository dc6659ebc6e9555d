import FCGIBridge
import Glibc
import Logging
import OIDCLogic

extension Logger {
    /// What the bridge has to say. Requests that go well are in nginx's access log.
    func record(_ event: ServerEvent) {
        switch event {
        case .failed(let failure, let head):
            log(
                level: failure.status.code >= 500 ? .error : .notice, "answered in a handler's place",
                metadata: [
                    "refusal": "\(head.id)", "reference": "\(ErrorPage.grouped(head.id))", "handler": "\(head.handler)",
                    "status": "\(failure.status.code)", "text": "\(failure.text)", "cause": "\(failure.cause(head))",
                    "address": "\(head.remoteAddress)",
                ])
        case .workerFailed(let error): critical("a worker could not begin", metadata: ["cause": "\(error)"])
        case .systemError(let call, let errno):
            self.error("a system call failed", metadata: ["call": "\(call)", "errno": "\(errno)"])
        case .draining(let count): notice("draining", metadata: ["connections": "\(count)"])
        case .drainCutShort(let count): warning("the drain was cut short", metadata: ["connections": "\(count)"])
        }
    }
}

extension Failure {
    fileprivate func cause(_ head: RequestHead) -> String {
        switch self {
        case .methodNotAllowed: "method \(head.method.rawValue)"
        case .bodyTooLarge(let limit): "more than \(limit) bytes"
        case .threw(let error): "\(error)"
        case .headersTooLarge(let bytes): "headers of \(bytes) bytes"
        case .unknownHandler, .malformedContentLength, .incompleteBody: "-"
        }
    }
}

extension RefusalRecord {
    /// Of what was answered in a handler's place; nil for what was no answer.
    init?(_ event: ServerEvent, at now: Timestamp) {
        guard case .failed(let failure, let head) = event else { return nil }
        // A handler's name is nginx's; of any other nothing is known.
        let handler = HandlerName(rawValue: head.handler)
        let code: OAuthError.Code = failure.status.code >= 500 ? .serverError : .invalidRequest
        self.init(
            id: RefusalID(head.id.lowercased()), at: now, endpoint: handler?.rawValue ?? "-", error: code.rawValue,
            text: "\(failure.text)", request: RefusedRequest(method: head.method.shown), detail: nil)
    }
}

extension Method {
    /// What isn't one that this provider knows may be anything.
    fileprivate var shown: String? { [.get, .head, .post, .options].contains(self) ? rawValue : nil }
}
