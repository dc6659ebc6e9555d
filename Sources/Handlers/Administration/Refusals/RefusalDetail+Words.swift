import OIDCLogic

// How the parts of a detail are called where an administrator reads them.

extension RefusalDetail.CredentialFault {
    var words: String {
        switch self {
        case .absent: "absent"
        case .malformed: "malformed"
        case .mismatch: "did not match"
        case .unexpected: "came where none belongs"
        case .otherMethod: "came by another method"
        }
    }

    var clause: String { self == .absent || self == .malformed ? "was \(words)" : words }
}

extension RefusalDetail.CredentialKind {
    var words: String {
        switch self {
        case .code: "code"
        case .refreshToken: "refresh token"
        case .accessToken: "access token"
        case .initialAccessToken: "initial access token"
        case .registrationAccessToken: "registration access token"
        }
    }
}

extension RefusalDetail.Ending {
    var words: String {
        switch self {
        case .absent: "absent"
        case .malformed, .foreign: "malformed, or none of ours"
        default: "well-formed"
        }
    }

    var clause: String {
        switch self {
        case .absent: "was not sent"
        case .expired: "has expired"
        case .revoked: "has been revoked"
        case .malformed: "is malformed"
        case .foreign: "is none that this provider made, or was changed on its way"
        case .usedBefore: "was used before; what came of it has been revoked"
        case .ofAnotherClient(let owner): "was issued to another client, \(owner)"
        case .sessionOver: "is of a session that is over"
        case .userEnded: "is of a user who is disabled or gone"
        case .clientRemoved: "is of a client that has been removed"
        case .clientChanged: "is of before the client's redirect URIs or subjects were changed"
        case .consentWithdrawn: "is of a consent that was taken back"
        case .scopeWithdrawn: "has a scope that client or user may no longer have"
        case .otherAudience: "is for another audience"
        }
    }
}

extension RefusalDetail.ParameterFault {
    var words: String {
        switch self {
        case .absent: "absent"
        case .repeated: "sent more than once"
        case .malformed: "malformed"
        case .unsupported: "of a kind that is not supported"
        case .tooLong: "too long"
        }
    }
}
