package protocol UpstreamStore: UpstreamDeclarationStore, UpstreamHealthStore, UpstreamTraceStore {
    func upstreamLink(_ id: UpstreamLinkID) throws -> UpstreamLink?
    /// In order of their issuers and subjects.
    func upstreamLinks(of user: UserID) throws -> [UpstreamLink]
    /// Lets a user be known by an upstream, and spends the one-time link that they came by, if they did. False: the user, the
    /// one-time link or what is known of the identity is no longer as it was when that was decided.
    func link(_ user: UpstreamUser, spending invitation: [UInt8]?, at now: Timestamp) throws -> Bool
    /// Spends an invitation of whoever is known by that upstream already: from then on no rule of its keeps them out
    /// (``UpstreamLink/isByHand``). False, and nothing has changed: the invitation was spent before, or is over, or the link is no more.
    func admit(_ link: UpstreamLinkID, of user: UserID, spending invitation: [UInt8], at now: Timestamp) throws -> Bool
    /// Takes it away again with the roles and attributes of our own that they have by it alone, and ends the sessions and
    /// grants that came from there. Their name and address stay. False: there is none.
    func unlink(_ link: UpstreamLinkID, from user: UserID) throws -> Bool
    /// Of a user who is gone there: ends all sessions and grants that they have, wherever these came from, and takes back what they
    /// have by that link alone, as ``unlink(_:from:)`` does. The link stays. False: there is none.
    func endEverything(of link: UpstreamLinkID) throws -> Bool
    /// Takes one of that issuer that is to be checked, for ``UpstreamCheck/lease`` seconds: nobody else checks it meanwhile. Nil: none is due.
    func takeUpstreamCheck(by issuer: String, at now: Timestamp) throws -> UpstreamLink?
    /// The same of this one, whether it is due or not, as it is by then. Nil: somebody else checks it.
    func takeUpstreamCheck(of link: UpstreamLinkID, at now: Timestamp) throws -> UpstreamLink?
    /// Keeps what came of it, and tells the audit log of `event`. It is due again at `check.nextAt`, if a session or a refresh
    /// token of theirs that came from there lives; else at their next sign-in. False: it isn't as it was in
    /// `former` any more, since they have signed in meanwhile, or out. Then nothing is kept but newer tokens than those of `former`,
    /// where these are there still.
    func record(
        _ check: UpstreamCheck, of link: UpstreamLinkID, after former: UpstreamCheck, telling event: AuditEvent?,
        at now: Timestamp
    ) throws -> Bool
    /// Lets those be asked about within `interval` seconds about whom something lives here and who would be asked about later,
    /// or never, but for those who have to sign in and left nothing to ask with. Returns how many.
    func planUpstreamChecks(by issuer: String, within interval: Int64, at now: Timestamp) throws -> Int
    /// When the check was due that has waited longest for its turn; nil: none waits.
    func oldestUpstreamCheck(by issuer: String, at now: Timestamp) throws -> Timestamp?
    /// Their session there was signed out: see ``UpstreamCheck/isSignedOut``.
    func noteSignOut(ofUpstream issuer: String, sid: String?, subject: String) throws
    /// How many people are linked to that issuer.
    func upstreamLinkCount(of issuer: String) throws -> Int
    /// The same of each issuer that anybody is linked to.
    func upstreamLinkCounts() throws -> [String: Int]
    /// Those of an issuer whose subjects another has as well, in their order.
    func upstreamLinks(of issuer: String, alsoNamedBy other: String, limit: Int) throws -> [UpstreamLink]
    /// Lets all whom one issuer named be known by another, by the same subjects, and with them the sessions and grants that
    /// came from there. What the former gave to ask with and to sign out with is forgotten, as no other takes it. Returns how many people.
    ///
    /// Throws ``StoreError/exists`` if the other one has such a subject already, and what
    /// ``UpstreamDeclarationStore/replace(_:)`` throws; then nothing has changed.
    func move(_ move: UpstreamMove) throws -> Int
    /// Ends the sessions that came from an upstream's session, and tells whom they were used for, as
    /// ``SessionStore/endSession(_:)`` does. Returns how many.
    ///
    /// - Parameter subject: whose they are there; nil: whosever. With it those of theirs end too of which nobody knows from
    ///   which session they came.
    func endSessions(ofUpstream issuer: String, sid: String, subject: String?) throws -> Int
}

/// Upstreams that administrators have added, beside those of the configuration.
package protocol UpstreamDeclarationStore {
    /// In order of their names.
    func upstreamDeclarations() throws -> [UpstreamDeclaration]
    /// Throws ``StoreError/exists`` if there is one of that name.
    func add(_ upstream: UpstreamDeclaration) throws
    /// Replaces the version that `upstream` was made of, by the next. Throws ``StoreError/missing``, or
    /// ``StoreError/changed`` if that version was replaced meanwhile. Returns it as it is now.
    @discardableResult func replace(_ upstream: UpstreamDeclaration) throws -> UpstreamDeclaration
    /// False: it wasn't there.
    ///
    /// - Parameter isShadowed: one of the configuration has its name, so that the keys, and what is known of how it went, are that
    ///   one's. Else they go with it.
    func removeUpstreamDeclaration(_ name: UpstreamName, isShadowed: Bool) throws -> Bool
}

/// How it goes with upstreams, of the configuration and others.
package protocol UpstreamHealthStore {
    /// Offers it to be kept, and returns at once: it is written with others, a second later. What could not be is dropped.
    func note(_ event: UpstreamEvent, of upstream: UpstreamName, at now: Timestamp)
    /// Of those of which anything is known.
    func upstreamHealth(at now: Timestamp) throws -> [UpstreamName: UpstreamHealth]
}

extension UpstreamDeclarationStore {
    package func upstreamDeclaration(_ name: UpstreamName) throws -> UpstreamDeclaration? {
        try upstreamDeclarations().first { $0.name == name }
    }
}
