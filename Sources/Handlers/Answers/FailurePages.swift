import FCGIBridge
import JOSE
import OIDCLogic

/// What is answered where no handler can: JSON from endpoints that programs call, a page from those that people see.
struct FailurePages: Sendable {
    private let pages: PageRenderer

    init(_ process: Process) { pages = process.pages }

    @Sendable func response(_ failure: Failure, _ head: RequestHead) -> Response {
        let name = HandlerName(rawValue: head.handler)
        return name?.isForPeople ?? true ? page(failure, head) : json(failure, head)
    }

    private func page(_ failure: Failure, _ head: RequestHead) -> Response {
        let language = pages.language(uiLocales: [], acceptLanguage: nil)
        var response = Response(
            status: failure.status, contentType: "text/html; charset=utf-8",
            body: pages.render(ErrorPage(failure.pageKind, requestID: head.id), language: language))
        response.protectPage()
        return response
    }

    /// RFC 6749 §5.2 has no code for these; the nearest are used.
    private func json(_ failure: Failure, _ head: RequestHead) -> Response {
        let code: OAuthError.Code = failure.status.code >= 500 ? .serverError : .invalidRequest
        let object: JSON = .object([
            "error": .string(code.rawValue),
            "error_description": .string("\(failure.text) (refusal \(head.id))"),
        ])
        var response = Response(status: failure.status, contentType: "application/json", body: object.serialized())
        response[.cacheControl] = "no-store"
        return response
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

    fileprivate var text: StaticString {
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
