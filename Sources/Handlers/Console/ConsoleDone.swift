/// What has been done, told at the address that a form led to. A closed list, as the address may be anybody's.
enum ConsoleDone: String {
    case appChanged = "app-changed"
    case appRemoved = "app-removed"
    case tokenWithdrawn = "token-withdrawn"
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
        case .appRemoved: "The app was removed, and what it was granted has ended."
        case .tokenWithdrawn: "The token was withdrawn. What it registered stays."
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

extension ConsoleRoute.Outcome {
    static func done(_ done: ConsoleDone, at path: String) -> Self { .done(done.rawValue, at: path) }
}
