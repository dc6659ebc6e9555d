import OIDCLogic

extension ClaimDestination {
    /// What stands above the claims that go there, where a decision is replayed.
    package var title: String {
        switch self {
        case .idToken: "In the ID token"
        case .accessToken: "In the access token"
        case .userInfo: "At userinfo"
        case .introspection: "At introspection"
        }
    }
}
