import JOSE

/// All that must last. Every call that changes several rows is one transaction, and a call that returned is on disk.
///
/// A store belongs to one thread; open another for another.
package protocol Store: ClientStore, RegistrationStore, AssertionStore, UserStore, ScopeStore, SessionStore, GrantStore,
    CustomClaimStore, SigningKeyStore, PairwiseSaltStore, ThrottleStore, RefusalStore, AuditStore, ActivityStore,
    DeclarationStore, LogoutDeliveryStore, UpstreamStore, UpstreamKeyStore
{
    /// A number that changes with every change of clients, custom claims, keys, scopes, roles and groups, and
    /// of what files declare, in that change's own transaction. What was read while it stood still holds.
    func generation() throws -> Int64

    /// What is read within `body` is of one moment, until something is written by this store: then the next read begins
    /// another moment, that of after the write. A request is answered in one, so that it doesn't take a client from
    /// before a change and a grant from after it; and one is cheaper than a moment for each read.
    func reading<Result>(_ body: () throws -> Result) throws -> Result

    /// Within ``reading(_:)``: what is read from here on is of a later moment. For where others must be seen, and before
    /// something slow: an old moment keeps what was overwritten since from being cleared away.
    func moveOn()

    /// Makes the changes in their order, all or none: of what files declare, everything is as it was or as it shall be.
    /// Throws ``StoreError/changed`` if the generation is no longer the one that the changes were made of, and what the
    /// same change alone would throw.
    func apply(_ changes: [DeclaredChange], at generation: Int64) throws

    /// Removes at most `limit` rows of each kind whose time has come, those of the audit log, keys that signed long ago and
    /// predecessors of refresh tokens among them. Returns how many went.
    func prune(at now: Timestamp, limit: Int) throws -> Int
}

/// Why a store couldn't do what it was asked.
package enum StoreError: Error, Sendable, Equatable {
    /// What was to be added is there already, or a name is taken.
    case exists
    /// What was to be changed isn't there.
    case missing
    /// What was to be changed has changed meanwhile: read it again, and decide again.
    case changed
    /// Locked, full, read-only or out of reach: the caller may try again. The text is for the log.
    case unavailable(String)
    /// It holds something that it never should, or answers an error that no retry mends. The text is for the log.
    case broken(String)
}

package protocol ClientStore {
    func client(_ id: ClientID) throws -> Client?
    /// In order of their ids, those after `id`.
    func clients(after id: ClientID?, limit: Int) throws -> [Client]
    /// Those whose id begins with `prefix`, then those whose name does, without regard to ASCII case. Costs as much as the
    /// page, however many there are.
    func clients(
        beginning prefix: String, after position: SearchPosition?, limit: Int
    ) throws -> SearchPage<Client>
    /// Throws ``StoreError/exists`` if the id is taken, or is some user's subject (RFC 9700 §4.15).
    func add(_ client: Client) throws
    /// Replaces the version that `client` was made of, by the next, and revokes its grants if it knows its users by other
    /// identifiers now: a refresh must not change the `sub` (OpenID Connect Core §12.2). Throws ``StoreError/missing``, or
    /// ``StoreError/changed`` if that version was replaced meanwhile. Returns the client as it is now.
    @discardableResult func replace(_ client: Client) throws -> Client
    /// Those that wait for approval, the longest waiting first.
    func clientsAwaitingApproval(after position: WaitingPosition?, limit: Int) throws -> [Client]
    /// Whether any client that waits for no approval has pages there.
    func isRegistered(_ origin: WebOrigin) throws -> Bool
    /// Removes it with its consents and its roles, and revokes its grants. False: it wasn't there.
    func removeClient(_ id: ClientID) throws -> Bool
}

package protocol RegistrationStore {
    /// Throws ``StoreError/exists`` if the id or the digest is taken.
    func add(_ token: InitialAccessToken) throws
    func initialAccessToken(digest: [UInt8]) throws -> InitialAccessToken?
    /// Newest first, those made before `id`; spent and expired ones too, for ``InitialAccessToken/memory`` seconds.
    func initialAccessTokens(before id: InitialAccessTokenID?, limit: Int) throws -> [InitialAccessToken]
    /// False: it wasn't there.
    func removeInitialAccessToken(_ id: InitialAccessTokenID) throws -> Bool
    /// Counts a body that was refused. Nothing happens if there is none of that id.
    func recordRefusal(by id: InitialAccessTokenID) throws

    /// Adds the client with its registration, and spends what it was registered by: all or nothing. False, and nothing has
    /// changed: that can't be spent any more. Throws ``StoreError/exists`` if the client's id is taken, or is some user's
    /// subject (RFC 9700 §4.15); then nothing is spent.
    func register(
        _ client: Client, as registration: ClientRegistration, spending proof: RegistrationProof, at now: Timestamp
    ) throws -> Bool
    func registration(_ id: RegistrationID) throws -> ClientRegistration?
    /// Nil: the client did not register itself.
    func registration(of client: ClientID) throws -> ClientRegistration?
    /// Puts the token that was offered in the place of the other one. Nothing happens if it isn't on offer.
    func acceptOffer(_ digest: [UInt8], in id: RegistrationID) throws
    /// Replaces the client as ``ClientStore/replace(_:)`` does, and offers a token of that digest in the place of the one
    /// that serves; nil: what is on offer stays.
    func replace(_ client: Client, in id: RegistrationID, offering digest: [UInt8]?) throws -> Client
}

package protocol AssertionStore {
    /// Spends a client's assertion, whose id is kept until `until` (RFC 7523 §3). False: it was spent before.
    func spend(_ assertion: AssertionID, until: Timestamp) throws -> Bool
    /// Whether it was, for who does first what may be done twice.
    func isSpent(_ assertion: AssertionID) throws -> Bool
}

package protocol UserStore {
    func user(_ id: UserID) throws -> User?
    func user(named name: Username) throws -> User?
    /// In order of their names, those after `name`.
    func users(after name: Username?, limit: Int) throws -> [User]
    /// Those whose user name begins with `prefix`, then those whose name does, then by their primary e-mail address, the
    /// latter two without regard to ASCII case. Costs as much as the page.
    func users(beginning prefix: String, after position: SearchPosition?, limit: Int) throws -> SearchPage<User>
    /// Throws ``StoreError/exists`` if the name is taken, or the id is some client's (RFC 9700 §4.15), and
    /// ``StoreError/missing`` if a role or a group of theirs isn't there.
    func add(_ user: User) throws
    /// All of them, or none: throws ``StoreError/exists`` if one name is taken, or one id is a user's or a client's, and
    /// ``StoreError/missing`` if a role or a group of theirs isn't there. The caller bounds how many, since nobody else
    /// writes meanwhile.
    func add(all users: [User]) throws
    /// Replaces the version that `user` was made of, by the next. Throws ``StoreError/missing``, ``StoreError/changed``
    /// if that version was replaced or a role or group of theirs was removed meanwhile, or ``StoreError/exists`` if the
    /// new name is taken. What the change ends
    /// besides goes in the same transaction. Returns the user as they are now.
    @discardableResult func replace(_ user: User, ending: UserEnding) throws -> User
    /// Throws ``StoreError/missing`` if the user isn't there.
    func add(_ link: OneTimeLink) throws
    func oneTimeLink(digest: [UInt8]) throws -> OneTimeLink?
    /// As ``replace(_:ending:)``, everything ending, and spends the link with all others of the user: all or nothing.
    /// False, and nothing has changed: the link was spent before, or is over.
    func replace(_ user: User, spending link: [UInt8], at now: Timestamp) throws -> Bool
    /// Removes them with sessions, consents and grants. False: they weren't there.
    func removeUser(_ id: UserID) throws -> Bool

    func consent(of user: UserID, to client: ClientID) throws -> Consent?
    /// In order of their users' ids, those after `user`.
    func consents(to client: ClientID, after user: UserID?, limit: Int) throws -> [Consent]
    /// In order of their clients' ids, those after `client`.
    func consents(of user: UserID, after client: ClientID?, limit: Int) throws -> [Consent]
    /// Removes the consent, and revokes what the client holds of the user. False: there was neither.
    func disconnect(_ client: ClientID, from user: UserID) throws -> Bool
    /// The user is asked again. False: there was none.
    func removeConsent(of user: UserID, to client: ClientID) throws -> Bool
    /// Spends the attempt's step, whose id is kept until `until`, and remembers the consent together with what the same
    /// user has allowed the same client before: all or nothing. False, and nothing has changed: the attempt was spent
    /// before. Throws ``StoreError/missing`` if the user or the client is gone.
    func remember(_ consent: Consent, spending attempt: AttemptID, until: Timestamp) throws -> Bool
}

/// What ends with a change of a user.
package enum UserEnding: Sendable {
    case nothing
    /// All sessions, and all grants are revoked: disabled, or the password was reset by an administrator.
    case everything
    /// All sessions but the one in which the user has changed their password.
    case otherSessions(than: SessionID)
}

package protocol ScopeStore {
    /// All of one moment.
    func catalogue() throws -> ScopeCatalogue

    /// Throws ``StoreError/exists`` if a scope or a role has that name.
    func add(_ scope: DefinedScope) throws
    /// Throws ``StoreError/missing``, or ``StoreError/changed`` if it isn't as it was any more.
    func replace(_ former: DefinedScope, by scope: DefinedScope) throws
    /// False: it wasn't there.
    func removeScope(_ name: ScopeName) throws -> Bool

    /// Throws ``StoreError/exists`` if there is one of that id or a scope of that name, and ``StoreError/missing`` if the
    /// app that it shall belong to isn't there.
    func add(_ role: Role) throws
    /// Throws ``StoreError/missing``, or ``StoreError/changed`` if it isn't as it was any more.
    func replace(_ former: Role, by role: Role) throws
    /// Takes it from all users and groups. False: it wasn't there.
    func removeRole(_ id: RoleID) throws -> Bool

    /// Throws ``StoreError/exists``, or ``StoreError/missing`` if one of its roles isn't there.
    func add(_ group: Group) throws
    /// Replaces the version that `group` was made of, by the next. Throws ``StoreError/missing``, or
    /// ``StoreError/changed`` if that version was replaced, or one of its roles was removed, meanwhile.
    func replace(_ group: Group) throws
    /// Takes all users out of it. False: it wasn't there.
    func removeGroup(_ name: GroupName) throws -> Bool
}

package protocol SessionStore {
    func session(digest: [UInt8]) throws -> Session?
    func session(_ id: SessionID) throws -> Session?
    /// Starts the session, or renews it: its user, its beginning and its `sid` key stay. Ends the one that it takes the
    /// place of; spends the attempt; keeps the user's better hash, if there is one, or makes of the user and their link
    /// what their upstream says; and clears the failures: all or nothing, and nothing unless the user may still sign in by
    /// the proof that they gave, and what is renewed is as it was presented.
    /// Throws ``StoreError/exists`` if a new session's id or digest is taken.
    func start(_ start: SessionStart) throws -> SessionStart.Outcome
    /// Notes that it was used; never moves the time back.
    func touch(_ id: SessionID, at now: Timestamp) throws
    /// Whichever way a session ends before its time, here or with its user: the clients that it was used for, and that are
    /// to be told, have their rows in ``LogoutDeliveryStore`` in the same transaction.
    func endSession(_ id: SessionID) throws
    /// The same of all that are the user's, but one. Returns how many.
    @discardableResult func endSessions(of user: UserID, but kept: SessionID) throws -> Int
    /// What the session was used for, in order of their ids.
    func clients(of session: SessionID) throws -> [ClientID]
    /// The living and the ended ones that aren't pruned yet, the newest first.
    func sessions(of user: UserID, limit: Int) throws -> [Session]
    /// Spends an attempt's step that begins no session. False: it was spent before.
    func spend(_ attempt: AttemptID, until: Timestamp) throws -> Bool

    /// Keeps a sealed value that is too large for a URL, under its digest. False: `limit` living values of this
    /// address are there already.
    func park(_ sealed: String, digest: [UInt8], address: String, until: Timestamp, now: Timestamp, limit: Int) throws
        -> Bool
    func parked(digest: [UInt8], at now: Timestamp) throws -> String?
}

/// Who is still to be told that a session has ended (Back-Channel Logout 1.0 §2.5, Front-Channel Logout 1.0 §3).
package protocol LogoutDeliveryStore {
    /// Takes what is due, `limit` at most, of one client that nobody else is sending to: for ``LogoutDelivery/lease``
    /// seconds, or until what came of it is recorded, the client is the caller's alone. Of one that could not be reached
    /// lately only one is taken. Empty: there is none.
    func takeLogoutDeliveries(limit: Int, at now: Timestamp) throws -> [LogoutDelivery]
    /// What came of those that were taken together and tried, in order; an outage is the last one's. The others are due
    /// as before. What was delivered is gone; what was given up is kept for ``LogoutDelivery/memory``, and the audit log
    /// tells of it. False, and nothing is recorded: the lease has run out, and another sender has taken the client since.
    @discardableResult
    func record(_ outcomes: [LogoutDelivery.Outcome], at now: Timestamp) throws -> Bool
    /// Newest first, those before `id`: what was given up, and what waits for longer than ``LogoutDelivery/alarm``.
    func undeliveredLogouts(at now: Timestamp, before id: Int64?, limit: Int) throws -> [LogoutDelivery]

    /// Whom the browser whose cookie had that digest is to tell of the end of its session, for
    /// ``FrontchannelLogout/memory`` seconds after it. In order of their ids.
    func frontchannelLogouts(digest: [UInt8], at now: Timestamp) throws -> [FrontchannelLogout]
}

package protocol GrantStore {
    /// Records the grant of a code, if its session has not ended, its user is enabled and its client is there. If the
    /// grant's id is there already, the code was used before, and what it gave is revoked (RFC 6749 §4.1.2).
    func redeemOrRevoke(_ grant: Grant) throws -> Redemption
    /// Puts `family` in the place of the one whose living token has that digest, and lets the grant last until
    /// `expiresAt`, with those claims. False, and nothing has changed: another has taken its place, or the grant has been revoked.
    func rotate(
        _ id: GrantID, from digest: [UInt8], to family: RefreshFamily, keeping claims: GrantedClaims,
        until expiresAt: Timestamp
    ) throws -> Bool
    /// Nothing happens if there is none of that id.
    func revoke(_ id: GrantID, because reason: GrantRevocation) throws
    func grant(_ id: GrantID) throws -> Grant?
    /// What the client holds at `now`, newest first, made before `id`: neither revoked nor over.
    func grants(of client: ClientID, at now: Timestamp, before id: GrantID?, limit: Int) throws -> [Grant]
    /// By which clients act for the user at `now` while they are away, newest first: those with a refresh token, neither
    /// revoked nor over.
    func refreshableGrants(of user: UserID, at now: Timestamp, limit: Int) throws -> [Grant]
    /// Makes the access token worthless until it ends by itself. Again is no error.
    func revoke(_ token: TokenID, until expiresAt: Timestamp) throws
    func isRevoked(_ token: TokenID) throws -> Bool
}

/// Why a grant comes to its end alone.
package enum GrantRevocation: String, Sendable, CaseIterable {
    /// Its own client wanted it (RFC 7009).
    case requested
    /// RFC 6749 §4.1.2.
    case codeReused = "code_reused"
    /// RFC 9700 §4.14.2.
    case refreshTokenReused = "refresh_token_reused"
    /// What the client's users are called was changed at the same moment.
    case subjectsChanged = "subjects_changed"
    case administrator

    /// What a client does with its own tokens is everyday.
    package var isAudited: Bool { self != .requested }
}

/// What became of a code.
package enum Redemption: Sendable, Equatable {
    case recorded
    /// It was used before, and what it gave is revoked.
    case replayed
    /// What it hangs on has ended meanwhile. Nothing is recorded.
    case ended
}

package protocol CustomClaimStore {
    /// The client's own and the global ones.
    func customClaims(for client: ClientID) throws -> [CustomClaim]
    /// In order of their ids, those after `id`.
    func customClaims(after id: ClaimID?, limit: Int) throws -> [CustomClaim]
    /// Throws ``StoreError/exists`` if there is one of the same name for the same client, or for all, and
    /// ``StoreError/missing`` if the client is gone.
    func add(_ claim: CustomClaim) throws
    /// Replaces the version that `claim` was made of, by the next; its name and its client stay. Throws
    /// ``StoreError/missing``, or ``StoreError/changed`` if that version was replaced meanwhile. Returns the claim as it
    /// is now.
    @discardableResult func replace(_ claim: CustomClaim) throws -> CustomClaim
    /// False: it wasn't there.
    func removeCustomClaim(_ id: ClaimID) throws -> Bool
}

/// Which file declares what. What is not named here was made otherwise, and what is removed is not named any more.
package protocol DeclarationStore {
    func declarations() throws -> [DeclaredName: String]
    func declaration(of name: DeclaredName) throws -> String?
}

package protocol SigningKeyStore {
    /// Oldest first.
    func signingKeys() throws -> [SigningKeyRecord]
    /// All, or none: throws ``StoreError/exists`` if one is there, or another key of its algorithm is next or active as it is.
    func add(_ keys: [SigningKeyRecord]) throws
    /// Makes the steps in their order, all or none. Throws ``StoreError/changed`` if a key isn't as its step has it any
    /// more, or if another is next or active in the place of one: of two processes that do the same, one does it.
    func change(_ steps: [SigningKeyStep]) throws
}

package protocol PairwiseSaltStore {
    /// The same for ever, for all who use this store: made with it, of random bytes.
    func pairwiseSalt() throws -> PairwiseSalt
}

package protocol ThrottleStore {
    func failedAttempts(for key: ThrottleKey) throws -> FailedAttempts?
    /// Counts one more for each, all in one; a count whose last failure is as old as its throttle remembers begins anew.
    func recordFailure(for keys: [ThrottleKey], at now: Timestamp) throws
    func clearFailures(for keys: [ThrottleKey]) throws
}

/// How much is going on, for administrators.
package protocol ActivityStore {
    /// Since then, by spans of so many seconds, the oldest first; spans without any are left out. Of very many, the newest
    /// are counted.
    func activity(_ activity: Activity, since start: Timestamp, by length: Int64) throws -> [ActivitySpan]
    /// How many sessions have not come to their absolute end.
    func sessionCount(at now: Timestamp) throws -> Int
    /// Counts it, and returns at once: it is written with others, a second later. What could not be is dropped.
    func note(_ event: TokenServiceEvent, at now: Timestamp)
    /// How often each happened since then, which is the beginning of an hour, in order of their names.
    func tokenServiceEvents(since start: Timestamp) throws -> [TokenServiceCount]
    /// Offers it to be kept that the client was given tokens, or told of one, and returns at once. It is kept to the hour.
    func noteUse(of client: ClientID, at now: Timestamp)
    /// Nil: it never was, or there is no such client.
    func lastUse(of client: ClientID) throws -> Timestamp?
    /// Those that nobody has used since then, and that were there before: those unused the longest first, after that
    /// position.
    func clients(unusedSince start: Timestamp, after position: UnusedPosition?, limit: Int) throws -> [Client]
}

/// Where the next page of clients that nobody uses begins.
package struct UnusedPosition: Sendable, Equatable {
    /// Since when nobody has used the last client of the page before.
    package let since: Timestamp
    package let client: ClientID

    package init(since: Timestamp, client: ClientID) {
        self.since = since
        self.client = client
    }
}

/// Where a page of clients that wait for approval ends.
package struct WaitingPosition: Sendable, Equatable {
    /// Of the last client of the page before.
    package let registeredAt: Timestamp
    package let client: ClientID

    package init(registeredAt: Timestamp, client: ClientID) {
        self.registeredAt = registeredAt
        self.client = client
    }
}

/// The audit log: who has changed what, who has signed in. The store writes it by itself, in the transaction of the change,
/// so that no change is there without its row.
package protocol AuditStore {
    /// What is changed within `body` is changed by `actor`, at `now`. One within another counts. Outside of all of them it
    /// is done by whom the store was opened for.
    func acting<Result>(as actor: AuditActor, at now: Timestamp, _ body: () throws -> Result) rethrows -> Result
    /// Newest first, those that come after the one at that position.
    func auditRecords(matching query: AuditQuery, before position: Int64?, limit: Int) throws -> [AuditRecord]
    /// All, in the order in which they were written, from the one after that position on. What was not there when a later
    /// one was read never comes.
    func auditRecords(after position: Int64, limit: Int) throws -> [AuditRecord]
    /// The position of what was written last; 0 if nothing was.
    func auditEnd() throws -> Int64
}

/// Refusals, kept to be explained: the newest ``RefusalRecord/limit``, each for ``RefusalRecord/lifetime``.
package protocol RefusalStore {
    /// Offers it to be kept, and returns at once: no answer waits for it, or fails by it. It is dropped where there are
    /// too many in a second (``RefusalSampling``) or too many waiting, or where the store can't write now.
    @discardableResult func offer(_ refusal: RefusalRecord) -> RefusalOffer
    /// Waits until all that this process offered, uses of clients as well, is kept or dropped.
    func settleObservations()
    /// The first of that id. Nil: it never was, has gone, or was not kept.
    func refusal(_ id: RefusalID) throws -> RefusalRecord?
}

/// What became of an offer.
package enum RefusalOffer: Sendable, Equatable {
    /// It will be tried. `skipped`: how many were dropped since the last one that was taken.
    case taken(skipped: Int)
    case dropped
}
