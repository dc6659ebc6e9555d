package protocol UpstreamStore {
    func upstreamLink(_ id: UpstreamLinkID) throws -> UpstreamLink?
    /// In order of their issuers and subjects.
    /// Takes one that is to be checked, for ``UpstreamCheck/lease`` seconds: nobody else checks it meanwhile. Nil: none is due.
    func takeUpstreamCheck(at now: Timestamp) throws -> UpstreamLink?
    /// The same of this one, whether it is due or not. False: somebody else checks it.
    func takeUpstreamCheck(of link: UpstreamLinkID, at now: Timestamp) throws -> Bool
    /// Keeps what came of it. It is due again at `check.nextAt`, if a session or a refresh token of theirs that came from
    /// there lives; else at their next sign-in.
    func record(_ check: UpstreamCheck, of link: UpstreamLinkID, at now: Timestamp) throws
    func upstreamLinks(of user: UserID) throws -> [UpstreamLink]
    /// Ends the sessions that came from an upstream's session, and tells whom they were used for, as
    /// ``SessionStore/endSession(_:)`` does. Returns how many.
    ///
    /// - Parameter subject: whose they are there; nil: whosever.
    func endSessions(ofUpstream issuer: String, sid: String, subject: String?) throws -> Int
}
