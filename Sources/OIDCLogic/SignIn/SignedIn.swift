/// A session with its user, as they are now: alive, and allowed to sign in.
package struct SignedIn: Sendable {
    package let session: Session
    package let user: User

    /// Nil if the session is over, or its user is gone or disabled.
    ///
    /// - Parameter idle: in seconds, how long a session may go unused.
    package init?(_ session: Session, of user: User?, idle: Int64, at now: Timestamp) {
        guard let user, user.id == session.userID, !user.isDisabled, session.isAlive(at: now, idle: idle) else {
            return nil
        }
        self.session = session
        self.user = user
    }
}
