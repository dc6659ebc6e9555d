/// Which rows of the audit log are asked for: those that meet all of it.
package struct AuditQuery: Sendable, Equatable {
    /// Whom it concerns, or who did it.
    package var userID: UserID?
    /// The app that it concerns, or that did it.
    package var clientID: ClientID?
    /// What the event's word begins with.
    package var eventPrefix: String?
    package var from: Timestamp?
    /// Not included.
    package var until: Timestamp?

    package init(
        userID: UserID? = nil, clientID: ClientID? = nil, eventPrefix: String? = nil, from: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.userID = userID
        self.clientID = clientID
        self.eventPrefix = eventPrefix
        self.from = from
        self.until = until
    }

    /// Nil: any.
    package var events: [AuditEvent]? { eventPrefix.map(AuditEvent.beginning(with:)) }

    package static let all = AuditQuery()
}
