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

extension AuditQuery {
    package func matches(_ record: AuditRecord) -> Bool {
        if let userID, record.userID != userID, record.actor.who != .user(userID) { return false }
        if let clientID, record.clientID != clientID, record.actor.who != .client(clientID) { return false }
        if let eventPrefix, !record.event.rawValue.hasPrefix(eventPrefix) { return false }
        if let from, record.at < from { return false }
        if let until, record.at >= until { return false }
        return true
    }
}
