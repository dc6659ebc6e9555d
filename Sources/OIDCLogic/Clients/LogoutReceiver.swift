/// Where a client is told that a session has ended (Back-Channel Logout 1.0 §2.2, Front-Channel Logout 1.0 §2).
package struct LogoutReceiver: Sendable, Equatable {
    package let uri: WebURI
    /// It must be told which session, by `sid`.
    package let requiresSession: Bool

    package init(uri: WebURI, requiresSession: Bool) {
        self.uri = uri
        self.requiresSession = requiresSession
    }
}

extension ClientMetadataMembers {
    /// `backchannel` or `frontchannel`.
    func logoutReceiver(_ channel: String) throws(ClientMetadataError) -> LogoutReceiver? {
        let member = "\(channel)_logout_uri"
        let requiresSession = try bool("\(channel)_logout_session_required")
        guard let uri = try webURI(member) else { return nil }
        guard uri.isSecure else { throw ClientMetadataError(member, "is http; use https, or http on loopback only") }
        guard !uri.hasFragment else { throw ClientMetadataError(member, "has a fragment (#…), which is never sent") }
        return LogoutReceiver(uri: uri, requiresSession: requiresSession)
    }
}
