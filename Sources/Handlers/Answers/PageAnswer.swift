import FCGIBridge

extension PageRenderer {
    /// A page of ours, with the headers that each of them has.
    ///
    /// - Parameters:
    ///   - uiLocales: the languages that the app asked for, where that is known.
    ///   - acceptLanguage: the header.
    func answer(
        _ page: some Page, status: Status, uiLocales: [String] = [], acceptLanguage: String?
    ) -> Response {
        let language = language(uiLocales: uiLocales, acceptLanguage: acceptLanguage)
        var response = Response(
            status: status, contentType: "text/html; charset=utf-8", body: render(page, language: language))
        response[.contentLanguage] = HeaderValue(language.tag)
        response.protectPage()
        return response
    }
}

extension ErrorPage.Kind {
    var status: Status {
        switch self {
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .tooLarge: .contentTooLarge
        case .tooManyRequests: .tooManyRequests
        case .serverError: .internalServerError
        case .unavailable: .serviceUnavailable
        case .forbidden, .foreignForm, .wrongBrowser: .forbidden
        case .unknownClient, .redirectMismatch, .badRequest, .expired, .cookiesBlocked: .badRequest
        }
    }
}

extension Response {
    /// For the one page that goes on by itself where scripts run.
    mutating func allowOwnScript() { protect(scripts: "script-src 'self'; ") }

    /// For pages whose forms lead nowhere else.
    mutating func keepFormsHere() { protect(scripts: "form-action 'self'; ") }

    /// No `form-action`: browsers hold the whole chain of redirects against it, and these forms lead to the app. No
    /// `Cross-Origin-Opener-Policy` either: an app that signs in by a pop-up window waits for word from it, and this
    /// header would cut the two apart for good.
    fileprivate mutating func protectPage() {
        protect(scripts: "")
        self[.cacheControl] = "no-store"
        self[.referrerPolicy] = "no-referrer"
        self[.xContentTypeOptions] = "nosniff"
        self[.xFrameOptions] = "DENY"
        self[.permissionsPolicy] = "camera=(), geolocation=(), microphone=()"
    }

    private mutating func protect(scripts: String) {
        self[.contentSecurityPolicy] = HeaderValue(
            "default-src 'none'; \(scripts)style-src 'self'; img-src 'self' data:; base-uri 'none'; "
                + "frame-ancestors 'none'")
    }
}
