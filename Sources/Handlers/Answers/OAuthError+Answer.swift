import FCGIBridge
import OIDCLogic

extension OAuthError {
    /// What isn't known here is `server_error`; a store that can't answer is 503, never a 4xx.
    init(answering error: any Error) {
        self =
            switch error {
            case let error as OAuthError: error
            case StoreError.unavailable(let text): .temporarilyUnavailable(cause: text)
            case let error as FormError: .invalidRequest(error.text)
            default: .serverError(cause: "\(error)")
            }
    }

    var status: Status {
        switch code {
        case .invalidClient, .invalidToken: .unauthorized
        case .insufficientScope, .accessDenied: .forbidden
        case .serverError: .internalServerError
        case .temporarilyUnavailable: isRateLimit ? .tooManyRequests : .serviceUnavailable
        default: .badRequest
        }
    }

    var page: ErrorPage.Kind {
        switch code {
        case .serverError: .serverError
        case .temporarilyUnavailable: isRateLimit ? .tooManyRequests : .unavailable
        default: .badRequest
        }
    }
}

extension AuthorizationFailure.PageKind {
    var page: ErrorPage.Kind {
        switch self {
        case .badRequest: .badRequest
        case .unknownClient: .unknownClient
        case .redirectMismatch: .redirectMismatch
        case .awaitedApproval: .awaitedApproval
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
