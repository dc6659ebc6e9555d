/// What the audit log tells of: every change, and every sign-in. The words are documented in `docs/audit.md`, and others
/// search by them: one that was released is never renamed.
///
/// What stands before the dot is the kind of thing that it happened to.
package enum AuditEvent: String, Sendable, CaseIterable {
    case clientAdded = "client.added"
    case clientChanged = "client.changed"
    case clientRemoved = "client.removed"
    case clientApproved = "client.approved"

    case registrationTokenIssued = "registration_token.issued"
    case registrationTokenWithdrawn = "registration_token.withdrawn"

    case userAdded = "user.added"
    case userChanged = "user.changed"
    case userDisabled = "user.disabled"
    case userEnabled = "user.enabled"
    /// By the user.
    case userPasswordChanged = "user.password_changed"
    /// By someone else.
    case userPasswordReset = "user.password_reset"
    /// By which they choose a password, or sign in at an upstream to be known by it.
    case userLinkIssued = "user.link_issued"
    /// To an identity at an upstream.
    case userLinked = "user.linked"
    case userUnlinked = "user.unlinked"
    /// All sessions and grants were ended.
    case userSignedOut = "user.signed_out"
    case userRemoved = "user.removed"
    /// Their upstream says that they are no more, or may no longer.
    case userGone = "user.gone"
    /// Their upstream says nothing more of them before they have signed in there.
    case userSignInNeeded = "user.sign_in_needed"

    case roleAdded = "role.added"
    case roleChanged = "role.changed"
    case roleRemoved = "role.removed"

    case scopeAdded = "scope.added"
    case scopeChanged = "scope.changed"
    case scopeRemoved = "scope.removed"

    case groupAdded = "group.added"
    case groupChanged = "group.changed"
    case groupRemoved = "group.removed"

    case claimAdded = "claim.added"
    case claimChanged = "claim.changed"
    case claimRemoved = "claim.removed"

    /// An identity provider that people sign in at, added beside those of the configuration.
    case upstreamAdded = "upstream.added"
    case upstreamChanged = "upstream.changed"
    case upstreamRemoved = "upstream.removed"
    /// Its users are known by another issuer since.
    case upstreamMoved = "upstream.moved"
    /// Somebody has made a link whose sign-in is traced, claims included.
    case upstreamTraced = "upstream.traced"
    /// It hasn't answered several times in a row: what it said before holds for a while.
    case upstreamSilent = "upstream.silent"
    case upstreamAnswered = "upstream.answered"

    case keyAdded = "key.added"
    case keyChanged = "key.changed"
    /// Somebody else may have it.
    case keyRevoked = "key.revoked"
    case keyRemoved = "key.removed"

    case sessionStarted = "session.started"
    /// The same user has signed in once more.
    case sessionRenewed = "session.renewed"
    /// Before its time.
    case sessionEnded = "session.ended"
    /// An app could not be told of an ended session (Back-Channel Logout 1.0).
    case logoutGivenUp = "logout.given_up"

    case consentGiven = "consent.given"
    case consentWithdrawn = "consent.withdrawn"
    /// Because a code or a refresh token came a second time, or an administrator wanted it.
    case grantRevoked = "grant.revoked"

    /// The kind of thing that it happened to.
    package var object: String { String(rawValue.prefix { $0 != "." }) }

    /// Whether everyday sign-ins make it: of these there are many more than of all others.
    package var isOfSession: Bool { object == "session" }

    /// Those whose words begin so.
    package static func beginning(with prefix: String) -> [AuditEvent] {
        allCases.filter { $0.rawValue.hasPrefix(prefix) }
    }
}

extension AuditEvent {
    /// Of a change of a client.
    package init(of client: Client, formerly former: Client) {
        self = client.approval == .given && former.approval == .awaited ? .clientApproved : .clientChanged
    }

    /// Of a change of a user, the one word that tells most of it.
    package init(of user: User, formerly former: User, ending: UserEnding, by actor: AuditActor) {
        if user.isDisabled != former.isDisabled {
            self = user.isDisabled ? .userDisabled : .userEnabled
        } else if user.passwordHash != former.passwordHash {
            self = actor.who == .user(user.id) ? .userPasswordChanged : .userPasswordReset
        } else if case .everything = ending {
            self = .userSignedOut
        } else {
            self = .userChanged
        }
    }
}
