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
        case .notFound, .upstreamRemoved: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .tooLarge: .contentTooLarge
        case .tooManyRequests, .redirectLoop: .tooManyRequests
        case .serverError: .internalServerError
        case .unavailable: .serviceUnavailable
        case .upstreamFailed: .badGateway
        case .forbidden, .foreignForm, .wrongBrowser, .awaitedApproval, .turnedBack, .notAdmitted,
            .disabled, .linkedElsewhere:
            .forbidden
        case .unknownClient, .redirectMismatch, .badRequest, .expired, .cookiesBlocked: .badRequest
        }
    }
}

extension Response {
    /// For the page that sends its form by itself where scripts run.
    mutating func allowOwnScript() { protect(allowing: "script-src 'self'; ") }

    /// For the page that tells apps of a sign-out: the only one with frames, and with none but those, as it says itself.
    ///
    /// - Parameter frames: as Content Security Policy writes sources.
    mutating func allowFrames(_ frames: String) { protect(allowing: "script-src 'self'; frame-src \(frames); ") }

    /// For the page that any app's page may frame. It shows nothing that could be clicked.
    mutating func allowFraming() {
        self[.contentSecurityPolicy] = "default-src 'none'; script-src 'self'; base-uri 'none'"
        self[.xFrameOptions] = nil
    }

    /// For the other page that may be framed: an upstream's sign-out has it in a frame, and it tells apps in turn.
    mutating func allowFraming(framing frames: String) {
        self[.contentSecurityPolicy] = HeaderValue(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'"
                + (frames.isEmpty ? "" : "; frame-src \(frames)"))
        self[.xFrameOptions] = nil
    }

    /// For the console's pages, whose forms lead nowhere else, and whose script does no more than copy. The account page's do:
    /// to the upstream that is connected, or where somebody signs in again.
    mutating func keepFormsHere() { protect(allowing: "script-src 'self'; form-action 'self'; ") }

    /// No `form-action`: browsers hold the whole chain of redirects against it, and these forms lead to the app. No
    /// `Cross-Origin-Opener-Policy` either: an app that signs in by a pop-up window waits for word from it, and this
    /// header would cut the two apart for good.
    fileprivate mutating func protectPage() {
        protect(allowing: "")
        self[.cacheControl] = "no-store"
        self[.referrerPolicy] = "no-referrer"
        self[.xContentTypeOptions] = "nosniff"
        self[.xFrameOptions] = "DENY"
        self[.permissionsPolicy] = "camera=(), geolocation=(), microphone=()"
    }

    private mutating func protect(allowing more: String) {
        self[.contentSecurityPolicy] = HeaderValue(
            "default-src 'none'; \(more)style-src 'self'; img-src 'self' data:; base-uri 'none'; "
                + "frame-ancestors 'none'")
    }
}
