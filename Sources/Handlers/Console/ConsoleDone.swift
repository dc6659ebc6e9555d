/// What has been done, told at the address that a form led to. See ``DoneNotice``.
enum ConsoleDone: String {
    case appChanged = "app-changed"
    case appApproved = "app-approved"
    case appRemoved = "app-removed"
    case tokenWithdrawn = "token-withdrawn"
    case consentWithdrawn = "consent-withdrawn"
    case grantEnded = "grant-ended"
    case claimDefined = "claim-defined"
    case claimChanged = "claim-changed"
    case claimRemoved = "claim-removed"
    case userAdded = "user-added"
    case userChanged = "user-changed"
    case userRemoved = "user-removed"
    case passwordSet = "password-set"
    case signedOut = "signed-out"
    case sessionEnded = "session-ended"
    case scopeAdded = "scope-added"
    case roleAdded = "role-added"
    case groupAdded = "group-added"
    case removed

    var text: String {
        switch self {
        case .appChanged: "The app was changed. It is so from its next request on."
        case .appApproved: "The app was approved. People can sign in to it now."
        case .appRemoved: "The app was removed, and what it was granted has ended."
        case .tokenWithdrawn: "The token was withdrawn. What it registered stays."
        case .consentWithdrawn: "The consent was withdrawn. The user is asked again."
        case .grantEnded: "What the app was granted has ended."
        case .claimDefined: "The claim was defined. Tokens carry it from now on."
        case .claimChanged: "The claim was changed. Tokens carry it so from now on."
        case .claimRemoved: "The claim was removed."
        case .userAdded: "The user was added."
        case .userChanged: "The user was changed."
        case .userRemoved: "The user was removed, with sessions and grants."
        case .passwordSet: "The password was set. The user is signed out everywhere."
        case .signedOut: "The user is signed out everywhere."
        case .sessionEnded: "The session has ended."
        case .scopeAdded: "The scope was defined."
        case .roleAdded: "The role was made."
        case .groupAdded: "The group was made."
        case .removed: "It was removed."
        }
    }
}
