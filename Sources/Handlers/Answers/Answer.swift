import FCGIBridge
import JOSE
import Logging
import OIDCLogic

/// How answers look: the one place that turns an error into bytes.
extension Provider {
    // MARK: JSON

    /// A JSON answer that nobody may keep (RFC 6749 §5.1).
    func json(_ value: JSON, status: Status = .ok) -> Response {
        var response = Response(status: status, contentType: "application/json", body: value.serialized())
        response[.cacheControl] = "no-store"
        return response
    }

    /// RFC 6749 §5.2.
    func jsonError(_ error: OAuthError, for request: Request) -> Response {
        logRefusal(error, of: request)
        var response = json(
            .object([
                "error": .string(error.code.rawValue),
                "error_description": .string(error.description(refusal: request.id)),
            ]),
            status: error.code.status)
        if let seconds = error.retryAfter { response[.retryAfter] = HeaderValue(seconds) }
        if error.code == .invalidClient, request.header("Authorization") != nil {
            response[.wwwAuthenticate] = "Basic realm=\"token endpoint\", charset=\"UTF-8\""
        }
        return response
    }

    // MARK: Pages

    func page(_ page: some Page, status: Status = .ok, for request: Request, uiLocales: [String] = []) -> Response {
        let language = pages.language(uiLocales: uiLocales, acceptLanguage: request.header("Accept-Language"))
        var response = Response(
            status: status, contentType: "text/html; charset=utf-8", body: pages.render(page, language: language))
        response[.contentLanguage] = HeaderValue(language.tag)
        response.protectPage()
        if cookies.hasUselessSession(request) { response.set(cookies.clearingSession) }
        return response
    }

    func errorPage(
        _ kind: ErrorPage.Kind, _ error: OAuthError, for request: Request, startAgain: ErrorPage.StartAgain? = nil
    ) -> Response {
        logRefusal(error, of: request)
        let detail = ErrorPage.Detail(error: error.code.rawValue, description: "\(error.text)")
        var response = page(
            ErrorPage(kind, requestID: request.id, startAgain: startAgain, detail: detail),
            status: kind.status, for: request)
        if let seconds = error.retryAfter { response[.retryAfter] = HeaderValue(seconds) }
        return response
    }

    /// Sends the browser on (RFC 9700 §4.12: after a POST with 303, so that no password travels along).
    func redirect(to uri: String, for request: Request) -> Response {
        guard let location = HeaderValue(uri) else {
            return errorPage(.serverError, .serverError(cause: "an answer's URI is no header value"), for: request)
        }
        var response = Response.redirect(request.method == .post ? .seeOther : .found, to: location)
        response[.cacheControl] = "no-store"
        response[.referrerPolicy] = "no-referrer"
        return response
    }

    // MARK: Errors

    /// Answers as JSON, whatever happens.
    func answeringJSON(_ request: Request, _ respond: () throws -> Response) -> Response {
        do { return try respond() } catch { return jsonError(oauthError(error), for: request) }
    }

    /// Answers as a page, whatever happens.
    func answeringPage(_ request: Request, _ respond: () throws -> Response) -> Response {
        do {
            return try respond()
        } catch let failure as AuthorizationFailure {
            switch failure {
            case .page(let kind, let error): return errorPage(kind.page, error, for: request)
            case .redirect(let error, let target):
                logRefusal(error, of: request)
                return redirect(
                    to: AuthorizationResponse.error(error, refusal: request.id, to: target, from: issuer), for: request)
            }
        } catch {
            let error = oauthError(error)
            return errorPage(error.code.page, error, for: request)
        }
    }

    /// What isn't known here is `server_error`; a store that can't answer is 503, never a 4xx.
    func oauthError(_ error: any Error) -> OAuthError {
        switch error {
        case let error as OAuthError: error
        case StoreError.unavailable(let text): .temporarilyUnavailable(cause: text)
        case let error as FormError: .invalidRequest(error.text)
        default: .serverError(cause: "\(error)")
        }
    }

    func logRefusal(_ error: OAuthError, of request: Request) {
        let isOurs = error.code == .serverError || error.code == .temporarilyUnavailable
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

extension OAuthError.Code {
    fileprivate var status: Status {
        switch self {
        case .invalidClient, .invalidToken: .unauthorized
        case .insufficientScope: .forbidden
        case .slowDown: .tooManyRequests
        case .serverError: .internalServerError
        case .temporarilyUnavailable: .serviceUnavailable
        default: .badRequest
        }
    }

    fileprivate var page: ErrorPage.Kind {
        switch self {
        case .serverError: .serverError
        case .temporarilyUnavailable: .unavailable
        case .slowDown: .tooManyRequests
        case .accessDenied: .forbidden
        default: .badRequest
        }
    }
}

extension AuthorizationFailure.PageKind {
    fileprivate var page: ErrorPage.Kind {
        switch self {
        case .badRequest: .badRequest
        case .unknownClient: .unknownClient
        case .redirectMismatch: .redirectMismatch
        }
    }
}

extension ErrorPage.Kind {
    fileprivate var status: Status {
        switch self {
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .tooLarge: .contentTooLarge
        case .tooManyRequests: .tooManyRequests
        case .serverError: .internalServerError
        case .unavailable: .serviceUnavailable
        case .forbidden, .accountDisabled, .wrongBrowser: .forbidden
        default: .badRequest
        }
    }
}

extension FormError {
    fileprivate var text: StaticString {
        switch self {
        case .malformedEscape: "a percent escape is malformed"
        case .notUTF8: "a parameter is not UTF-8"
        case .nul: "a parameter has a NUL byte"
        case .tooMany: "there are too many parameters"
        case .contentType: "the content type must be application/x-www-form-urlencoded"
        }
    }
}

extension Response {
    /// The headers of every page of ours. No `form-action`: browsers hold the whole chain of redirects against it, and
    /// these forms lead to the app.
    mutating func protectPage() {
        self[.cacheControl] = "no-store"
        self[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
        self[.referrerPolicy] = "no-referrer"
        self[.xContentTypeOptions] = "nosniff"
        self[.xFrameOptions] = "DENY"
        self[.crossOriginOpenerPolicy] = "same-origin"
        self[.permissionsPolicy] = "camera=(), geolocation=(), microphone=()"
    }
}
