/// An error that a client is told (RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, OpenID Connect Core §3.1.2.6).
///
/// Its text is a literal, so nothing of the request can be echoed; what else is known goes to the log as `cause`.
package struct OAuthError: Error, Sendable {
    package enum Code: String, Sendable {
        case invalidRequest = "invalid_request"
        case accessDenied = "access_denied"
        case unsupportedResponseType = "unsupported_response_type"
        case invalidScope = "invalid_scope"
        case serverError = "server_error"
        case temporarilyUnavailable = "temporarily_unavailable"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case invalidToken = "invalid_token"
        case invalidTarget = "invalid_target"
        case insufficientScope = "insufficient_scope"
        case loginRequired = "login_required"
        case consentRequired = "consent_required"
        /// OpenID Connect Core Error Code unmet_authentication_requirements §2.
        case unmetAuthenticationRequirements = "unmet_authentication_requirements"
        case requestNotSupported = "request_not_supported"
        case requestURINotSupported = "request_uri_not_supported"
        case invalidRequestObject = "invalid_request_object"
        case invalidRequestURI = "invalid_request_uri"
        case registrationNotSupported = "registration_not_supported"
    }

    package let code: Code
    package let text: StaticString
    /// What the log says beside the text. It may name values of the request, but no secret.
    package let cause: String?
    /// What is kept to explain it.
    package let detail: RefusalDetail?
    /// In seconds, where waiting helps.
    package let retryAfter: Int?
    /// RFC 6585 §4: whoever asks, asks too often. No code says so, and nginx says `temporarily_unavailable` for it too.
    package let isRateLimit: Bool

    private init(
        _ code: Code, _ text: StaticString, cause: String? = nil, detail: RefusalDetail? = nil, retryAfter: Int? = nil,
        isRateLimit: Bool = false
    ) {
        self.code = code
        self.text = text
        self.cause = cause
        self.detail = detail
        self.retryAfter = retryAfter
        self.isRateLimit = isRateLimit
    }

    package static func invalidRequest(
        _ text: StaticString, cause: String? = nil, detail: RefusalDetail? = nil
    ) -> Self {
        Self(.invalidRequest, text, cause: cause, detail: detail)
    }
    package static func accessDenied(
        _ text: StaticString, cause: String? = nil, detail: RefusalDetail? = nil
    ) -> Self {
        Self(.accessDenied, text, cause: cause, detail: detail)
    }
    package static func unsupportedResponseType(_ text: StaticString, detail: RefusalDetail? = nil) -> Self {
        Self(.unsupportedResponseType, text, detail: detail)
    }
    package static func invalidScope(
        _ text: StaticString, cause: String? = nil, detail: RefusalDetail? = nil
    ) -> Self {
        Self(.invalidScope, text, cause: cause, detail: detail)
    }
    package static func invalidClient(
        _ text: StaticString, cause: String? = nil, detail: RefusalDetail? = nil
    ) -> Self {
        Self(.invalidClient, text, cause: cause, detail: detail)
    }
    package static func invalidGrant(
        _ text: StaticString, cause: String? = nil, detail: RefusalDetail? = nil
    ) -> Self {
        Self(.invalidGrant, text, cause: cause, detail: detail)
    }
    package static func unauthorizedClient(_ text: StaticString, detail: RefusalDetail? = nil) -> Self {
        Self(.unauthorizedClient, text, detail: detail)
    }
    package static func unsupportedGrantType(_ text: StaticString, detail: RefusalDetail? = nil) -> Self {
        Self(.unsupportedGrantType, text, detail: detail)
    }
    package static func invalidToken(
        _ text: StaticString, cause: String? = nil, detail: RefusalDetail? = nil
    ) -> Self {
        Self(.invalidToken, text, cause: cause, detail: detail)
    }
    package static func invalidTarget(
        _ text: StaticString, cause: String? = nil, detail: RefusalDetail? = nil
    ) -> Self {
        Self(.invalidTarget, text, cause: cause, detail: detail)
    }
    package static func insufficientScope(_ text: StaticString, detail: RefusalDetail? = nil) -> Self {
        Self(.insufficientScope, text, detail: detail)
    }
    package static func loginRequired(_ text: StaticString, detail: RefusalDetail? = nil) -> Self {
        Self(.loginRequired, text, detail: detail)
    }
    package static func consentRequired(_ text: StaticString, detail: RefusalDetail? = nil) -> Self {
        Self(.consentRequired, text, detail: detail)
    }
    package static func unmetAuthenticationRequirements(_ text: StaticString, detail: RefusalDetail? = nil) -> Self {
        Self(.unmetAuthenticationRequirements, text, detail: detail)
    }
    package static func requestNotSupported(_ text: StaticString, detail: RefusalDetail? = nil) -> Self {
        Self(.requestNotSupported, text, detail: detail)
    }
    package static func requestURINotSupported(_ text: StaticString, detail: RefusalDetail? = nil) -> Self {
        Self(.requestURINotSupported, text, detail: detail)
    }
    package static func invalidRequestObject(
        _ text: StaticString, cause: String? = nil, detail: RefusalDetail? = nil
    ) -> Self {
        Self(.invalidRequestObject, text, cause: cause, detail: detail)
    }
    package static func invalidRequestURI(
        _ text: StaticString, cause: String? = nil, detail: RefusalDetail? = nil
    ) -> Self {
        Self(.invalidRequestURI, text, cause: cause, detail: detail)
    }
    package static func registrationNotSupported(_ text: StaticString, detail: RefusalDetail? = nil) -> Self {
        Self(.registrationNotSupported, text, detail: detail)
    }
    package static func tooManyRequests(_ text: StaticString, retryAfter: Int) -> Self {
        Self(.temporarilyUnavailable, text, detail: .throttled, retryAfter: retryAfter, isRateLimit: true)
    }
    /// RFC 6749 §5.2: it is known who asks, and that they may not yet. Whoever doesn't know the client's secret isn't told
    /// at the token endpoint.
    package static let awaitedApproval = Self(
        .unauthorizedClient, "this app waits for its administrator's approval", detail: .awaitedApproval)
    /// - Parameter isError: the app was answered by errors, not by codes.
    package static func redirectLoop(isError: Bool) -> Self {
        Self(
            .temporarilyUnavailable,
            isError
                ? "the app begins anew each time that it is told of an error"
                : "the app begins anew each time that it is given a code",
            detail: .redirectLoop, isRateLimit: true)
    }
    package static func serverError(cause: String, detail: RefusalDetail? = nil) -> Self {
        Self(
            .serverError, "something went wrong here; the administrator finds it in the log", cause: cause,
            detail: detail)
    }
    package static func temporarilyUnavailable(cause: String, detail: RefusalDetail? = nil) -> Self {
        Self(
            .temporarilyUnavailable, "the service can't answer right now; try again in a few seconds", cause: cause,
            detail: detail, retryAfter: 5)
    }
}
