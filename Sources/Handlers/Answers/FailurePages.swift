import FCGIBridge
import OIDCLogic

/// What is answered where no handler can: JSON from endpoints that programs call, a page from those that people see.
struct FailurePages: Sendable {
    private let pages: PageRenderer

    init(_ pages: PageRenderer) { self.pages = pages }

    @Sendable func response(_ failure: Failure, _ head: RequestHead) -> Response {
        let handler = HandlerName(rawValue: head.handler)
        guard handler != .administration else {
            return AdministrationProblem(failure.status, "\(failure.text)").response(refusal: head.id)
        }
        guard handler?.isForPeople ?? true else {
            // RFC 6749 §5.2 has no code for these; the nearest are used.
            let code: OAuthError.Code = failure.status.code >= 500 ? .serverError : .invalidRequest
            return .jsonError(code.rawValue, "\(failure.text) (refusal \(head.id))", status: failure.status)
        }
        return pages.answer(
            ErrorPage(failure.pageKind, requestID: head.id), status: failure.status,
            acceptLanguage: head.header("Accept-Language"))
    }
}

extension HandlerName {
    /// Whether its answers are pages.
    var isForPeople: Bool { traits.answers == .page }
}

extension Failure {
    fileprivate var pageKind: ErrorPage.Kind {
        switch self {
        case .unknownHandler: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .malformedContentLength, .incompleteBody: .badRequest
        case .bodyTooLarge: .tooLarge
        case .threw, .headersTooLarge: .serverError
        }
    }

    /// In words for whoever called, and for the log.
    var text: StaticString {
        switch self {
        case .unknownHandler: "there is nothing at this address"
        case .methodNotAllowed: "this endpoint doesn't take the request's method; see the Allow header"
        case .malformedContentLength: "Content-Length is no number"
        case .incompleteBody: "the body is shorter than announced"
        case .bodyTooLarge: "the body is larger than this endpoint takes"
        case .threw, .headersTooLarge: "something went wrong here; the administrator finds it in the log"
        }
    }
}
