import JOSE

/// A row of the audit log: who did what to what, when, by which road and from where.
package struct AuditRecord: Sendable, Equatable {
    /// Rises by one from row to row, in the order in which they were written.
    package let position: Int64
    package let at: Timestamp
    package let event: AuditEvent
    package let actor: AuditActor
    /// Of the thing that it happened to, whose kind is the event's.
    package let objectID: String
    /// The app that it concerns.
    package let clientID: ClientID?
    /// The user whom it concerns.
    package let userID: UserID?
    package let change: AuditChange

    package init(
        position: Int64, at: Timestamp, event: AuditEvent, actor: AuditActor, objectID: String, clientID: ClientID?,
        userID: UserID?, change: AuditChange
    ) {
        self.position = position
        self.at = at
        self.event = event
        self.actor = actor
        self.objectID = objectID
        self.clientID = clientID
        self.userID = userID
        self.change = change
    }

    /// In seconds: how long a row is kept where the configuration doesn't say.
    package static let lifetime: Int64 = 365 * 86_400
}
