import OIDCLogic

/// A store to which something else happens right before a step is written, after all that the step depends on was read.
final class InterruptedStore: Store {
    private let store: any Store
    /// What happens next; once.
    var meanwhile: (() throws -> Void)?

    init(_ store: any Store) { self.store = store }

    func start(_ start: SessionStart) throws -> SessionStart.Outcome {
        try interrupt()
        return try store.start(start)
    }

    func remember(_ consent: Consent, spending attempt: AttemptID, until: Timestamp) throws -> Bool {
        try interrupt()
        return try store.remember(consent, spending: attempt, until: until)
    }

    func redeemOrRevoke(_ grant: Grant) throws -> Redemption {
        try interrupt()
        return try store.redeemOrRevoke(grant)
    }

    func rotate(
        _ id: GrantID, from digest: [UInt8], to family: RefreshFamily, keeping claims: GrantedClaims,
        until expiresAt: Timestamp
    ) throws -> Bool {
        try interrupt()
        return try store.rotate(id, from: digest, to: family, keeping: claims, until: expiresAt)
    }

    func register(
        _ client: Client, as registration: ClientRegistration, spending proof: RegistrationProof, at now: Timestamp
    ) throws -> Bool {
        try interrupt()
        return try store.register(client, as: registration, spending: proof, at: now)
    }

    func replace(_ client: Client, in id: RegistrationID, offering digest: [UInt8]?) throws -> Client {
        try interrupt()
        return try store.replace(client, in: id, offering: digest)
    }

    func replace(_ user: User, spending link: [UInt8], at now: Timestamp) throws -> Bool {
        try interrupt()
        return try store.replace(user, spending: link, at: now)
    }

    func touch(_ id: SessionID, at now: Timestamp) throws {
        try interrupt()
        try store.touch(id, at: now)
    }

    private func interrupt() throws {
        let action = meanwhile
        meanwhile = nil
        try action?()
    }

    // MARK: All else goes on undisturbed

    func generation() throws -> Int64 { try store.generation() }

    func takeLogoutDeliveries(limit: Int, at now: Timestamp) throws -> [LogoutDelivery] {
        try store.takeLogoutDeliveries(limit: limit, at: now)
    }
    @discardableResult
    func record(_ outcomes: [LogoutDelivery.Outcome], at now: Timestamp) throws -> Bool {
        try store.record(outcomes, at: now)
    }
    func undeliveredLogouts(at now: Timestamp, before id: Int64?, limit: Int) throws -> [LogoutDelivery] {
        try store.undeliveredLogouts(at: now, before: id, limit: limit)
    }
    func frontchannelLogouts(digest: [UInt8], at now: Timestamp) throws -> [FrontchannelLogout] {
        try store.frontchannelLogouts(digest: digest, at: now)
    }

    func reading<Result>(_ body: () throws -> Result) throws -> Result { try store.reading(body) }
    func moveOn() { store.moveOn() }
    func prune(at now: Timestamp, limit: Int) throws -> Int { try store.prune(at: now, limit: limit) }

    func apply(_ changes: [DeclaredChange], at generation: Int64) throws {
        try store.apply(changes, at: generation)
    }
    func declarations() throws -> [DeclaredName: String] { try store.declarations() }
    func declaration(of name: DeclaredName) throws -> String? { try store.declaration(of: name) }
    func acting<Result>(as actor: AuditActor, at now: Timestamp, _ body: () throws -> Result) rethrows -> Result {
        try store.acting(as: actor, at: now, body)
    }
    func auditRecords(matching query: AuditQuery, before position: Int64?, limit: Int) throws -> [AuditRecord] {
        try store.auditRecords(matching: query, before: position, limit: limit)
    }
    func auditRecords(after position: Int64, limit: Int) throws -> [AuditRecord] {
        try store.auditRecords(after: position, limit: limit)
    }
    func auditEnd() throws -> Int64 { try store.auditEnd() }
    func activity(_ activity: Activity, since start: Timestamp, by length: Int64) throws -> [ActivitySpan] {
        try store.activity(activity, since: start, by: length)
    }
    func sessionCount(at now: Timestamp) throws -> Int { try store.sessionCount(at: now) }

    func client(_ id: ClientID) throws -> Client? { try store.client(id) }
    func clients(after id: ClientID?, limit: Int) throws -> [Client] { try store.clients(after: id, limit: limit) }
    func clientsAwaitingApproval(after position: WaitingPosition?, limit: Int) throws -> [Client] {
        try store.clientsAwaitingApproval(after: position, limit: limit)
    }
    func clients(beginning prefix: String, after position: SearchPosition?, limit: Int) throws -> SearchPage<Client> {
        try store.clients(beginning: prefix, after: position, limit: limit)
    }
    func add(_ client: Client) throws { try store.add(client) }
    func replace(_ client: Client) throws -> Client { try store.replace(client) }
    func isRegistered(_ origin: WebOrigin) throws -> Bool { try store.isRegistered(origin) }
    func removeClient(_ id: ClientID) throws -> Bool { try store.removeClient(id) }

    func add(_ token: InitialAccessToken) throws { try store.add(token) }
    func initialAccessToken(digest: [UInt8]) throws -> InitialAccessToken? {
        try store.initialAccessToken(digest: digest)
    }
    func initialAccessTokens(before id: InitialAccessTokenID?, limit: Int) throws -> [InitialAccessToken] {
        try store.initialAccessTokens(before: id, limit: limit)
    }
    func removeInitialAccessToken(_ id: InitialAccessTokenID) throws -> Bool {
        try store.removeInitialAccessToken(id)
    }
    func recordRefusal(by id: InitialAccessTokenID) throws { try store.recordRefusal(by: id) }
    func registration(_ id: RegistrationID) throws -> ClientRegistration? { try store.registration(id) }
    func registration(of client: ClientID) throws -> ClientRegistration? { try store.registration(of: client) }
    func acceptOffer(_ digest: [UInt8], in id: RegistrationID) throws { try store.acceptOffer(digest, in: id) }

    func isSpent(_ assertion: AssertionID) throws -> Bool { try store.isSpent(assertion) }
    func spend(_ assertion: AssertionID, until: Timestamp) throws -> Bool {
        try store.spend(assertion, until: until)
    }

    func user(_ id: UserID) throws -> User? { try store.user(id) }
    func user(named name: Username) throws -> User? { try store.user(named: name) }
    func users(after name: Username?, limit: Int) throws -> [User] { try store.users(after: name, limit: limit) }
    func users(beginning prefix: String, after position: SearchPosition?, limit: Int) throws -> SearchPage<User> {
        try store.users(beginning: prefix, after: position, limit: limit)
    }
    func add(_ user: User) throws { try store.add(user) }
    func add(all users: [User]) throws { try store.add(all: users) }
    func replace(_ user: User, ending: UserEnding) throws -> User { try store.replace(user, ending: ending) }
    func add(_ link: OneTimeLink) throws { try store.add(link) }
    func oneTimeLink(digest: [UInt8]) throws -> OneTimeLink? { try store.oneTimeLink(digest: digest) }
    func removeUser(_ id: UserID) throws -> Bool { try store.removeUser(id) }
    func consent(of user: UserID, to client: ClientID) throws -> Consent? { try store.consent(of: user, to: client) }
    func consents(to client: ClientID, after user: UserID?, limit: Int) throws -> [Consent] {
        try store.consents(to: client, after: user, limit: limit)
    }
    func consents(of user: UserID, after client: ClientID?, limit: Int) throws -> [Consent] {
        try store.consents(of: user, after: client, limit: limit)
    }
    func disconnect(_ client: ClientID, from user: UserID) throws -> Bool { try store.disconnect(client, from: user) }
    func refreshableGrants(of user: UserID, at now: Timestamp, limit: Int) throws -> [Grant] {
        try store.refreshableGrants(of: user, at: now, limit: limit)
    }
    func removeConsent(of user: UserID, to client: ClientID) throws -> Bool {
        try store.removeConsent(of: user, to: client)
    }
    func grants(of client: ClientID, at now: Timestamp, before id: GrantID?, limit: Int) throws -> [Grant] {
        try store.grants(of: client, at: now, before: id, limit: limit)
    }

    func catalogue() throws -> ScopeCatalogue { try store.catalogue() }
    func add(_ scope: DefinedScope) throws { try store.add(scope) }
    func replace(_ former: DefinedScope, by scope: DefinedScope) throws { try store.replace(former, by: scope) }
    func removeScope(_ name: ScopeName) throws -> Bool { try store.removeScope(name) }
    func add(_ role: Role) throws { try store.add(role) }
    func replace(_ former: Role, by role: Role) throws { try store.replace(former, by: role) }
    func removeRole(_ id: RoleID) throws -> Bool { try store.removeRole(id) }
    func add(_ group: Group) throws { try store.add(group) }
    func replace(_ group: Group) throws { try store.replace(group) }
    func removeGroup(_ name: GroupName) throws -> Bool { try store.removeGroup(name) }

    func customClaims(for client: ClientID) throws -> [CustomClaim] { try store.customClaims(for: client) }
    func customClaims(after id: ClaimID?, limit: Int) throws -> [CustomClaim] {
        try store.customClaims(after: id, limit: limit)
    }
    func add(_ claim: CustomClaim) throws { try store.add(claim) }
    func replace(_ claim: CustomClaim) throws -> CustomClaim { try store.replace(claim) }
    func removeCustomClaim(_ id: ClaimID) throws -> Bool { try store.removeCustomClaim(id) }

    func session(digest: [UInt8]) throws -> Session? { try store.session(digest: digest) }
    func session(_ id: SessionID) throws -> Session? { try store.session(id) }
    func sessions(of user: UserID, limit: Int) throws -> [Session] { try store.sessions(of: user, limit: limit) }
    func endSession(_ id: SessionID) throws { try store.endSession(id) }
    func endSessions(of user: UserID, but kept: SessionID) throws -> Int {
        try store.endSessions(of: user, but: kept)
    }
    func clients(of session: SessionID) throws -> [ClientID] { try store.clients(of: session) }
    func spend(_ attempt: AttemptID, until: Timestamp) throws -> Bool { try store.spend(attempt, until: until) }
    func park(
        _ sealed: String, digest: [UInt8], address: String, until: Timestamp, now: Timestamp, limit: Int
    ) throws -> Bool {
        try store.park(sealed, digest: digest, address: address, until: until, now: now, limit: limit)
    }
    func parked(digest: [UInt8], at now: Timestamp) throws -> String? { try store.parked(digest: digest, at: now) }

    func revoke(_ id: GrantID, because reason: GrantRevocation) throws { try store.revoke(id, because: reason) }
    func grant(_ id: GrantID) throws -> Grant? { try store.grant(id) }
    func revoke(_ token: TokenID, until expiresAt: Timestamp) throws { try store.revoke(token, until: expiresAt) }
    func isRevoked(_ token: TokenID) throws -> Bool { try store.isRevoked(token) }

    func pairwiseSalt() throws -> PairwiseSalt { try store.pairwiseSalt() }
    func signingKeys() throws -> [SigningKeyRecord] { try store.signingKeys() }
    func add(_ keys: [SigningKeyRecord]) throws { try store.add(keys) }
    func change(_ steps: [SigningKeyStep]) throws { try store.change(steps) }

    func offer(_ refusal: RefusalRecord) -> RefusalOffer { store.offer(refusal) }
    func settleObservations() { store.settleObservations() }
    func note(_ event: TokenServiceEvent, at now: Timestamp) { store.note(event, at: now) }
    func tokenServiceEvents(since start: Timestamp) throws -> [TokenServiceCount] {
        try store.tokenServiceEvents(since: start)
    }
    func noteUse(of client: ClientID, at now: Timestamp) { store.noteUse(of: client, at: now) }
    func lastUse(of client: ClientID) throws -> Timestamp? { try store.lastUse(of: client) }
    func clients(unusedSince start: Timestamp, after position: UnusedPosition?, limit: Int) throws -> [Client] {
        try store.clients(unusedSince: start, after: position, limit: limit)
    }
    func refusal(_ id: RefusalID) throws -> RefusalRecord? { try store.refusal(id) }

    func failedAttempts(for key: ThrottleKey) throws -> FailedAttempts? { try store.failedAttempts(for: key) }
    func recordFailure(for keys: [ThrottleKey], at now: Timestamp) throws {
        try store.recordFailure(for: keys, at: now)
    }
    func clearFailures(for keys: [ThrottleKey]) throws { try store.clearFailures(for: keys) }

    func upstreamLink(_ id: UpstreamLinkID) throws -> UpstreamLink? { try store.upstreamLink(id) }
    func endSessions(ofUpstream issuer: String, sid: String, subject: String?) throws -> Int {
        try store.endSessions(ofUpstream: issuer, sid: sid, subject: subject)
    }
    func takeUpstreamCheck(by issuer: String, at now: Timestamp) throws -> UpstreamLink? {
        try store.takeUpstreamCheck(by: issuer, at: now)
    }

    func takeUpstreamCheck(of link: UpstreamLinkID, at now: Timestamp) throws -> UpstreamLink? {
        try interrupt()
        return try store.takeUpstreamCheck(of: link, at: now)
    }
    func record(
        _ check: UpstreamCheck, of link: UpstreamLinkID, after former: UpstreamCheck, telling event: AuditEvent?,
        at now: Timestamp
    ) throws -> Bool {
        try store.record(check, of: link, after: former, telling: event, at: now)
    }
    func planUpstreamChecks(by issuer: String, within interval: Int64, at now: Timestamp) throws -> Int {
        try store.planUpstreamChecks(by: issuer, within: interval, at: now)
    }
    func noteSignOut(ofUpstream issuer: String, sid: String?, subject: String) throws {
        try store.noteSignOut(ofUpstream: issuer, sid: sid, subject: subject)
    }
    func upstreamKeys(of upstream: UpstreamName) throws -> [SigningKeyRecord] { try store.upstreamKeys(of: upstream) }
    func changeKeys(of upstream: UpstreamName, _ steps: [SigningKeyStep]) throws {
        try store.changeKeys(of: upstream, steps)
    }
    func link(_ user: UpstreamUser, spending invitation: [UInt8]?, at now: Timestamp) throws -> Bool {
        try store.link(user, spending: invitation, at: now)
    }

    func admit(_ link: UpstreamLinkID, of user: UserID, spending invitation: [UInt8], at now: Timestamp) throws -> Bool
    {
        try store.admit(link, of: user, spending: invitation, at: now)
    }

    func endEverything(of link: UpstreamLinkID) throws -> Bool { try store.endEverything(of: link) }

    func unlink(_ link: UpstreamLinkID, from user: UserID) throws -> Bool { try store.unlink(link, from: user) }

    func upstreamLinkCount(of issuer: String) throws -> Int { try store.upstreamLinkCount(of: issuer) }
    func upstreamLinkCounts() throws -> [String: Int] { try store.upstreamLinkCounts() }
    func upstreamLinks(of issuer: String, alsoNamedBy other: String, limit: Int) throws -> [UpstreamLink] {
        try store.upstreamLinks(of: issuer, alsoNamedBy: other, limit: limit)
    }
    func move(_ move: UpstreamMove) throws -> Int { try store.move(move) }
    func oldestUpstreamCheck(by issuer: String, at now: Timestamp) throws -> Timestamp? {
        try store.oldestUpstreamCheck(by: issuer, at: now)
    }
    func upstreamDeclarations() throws -> [UpstreamDeclaration] { try store.upstreamDeclarations() }
    func add(_ upstream: UpstreamDeclaration) throws { try store.add(upstream) }
    func replace(_ upstream: UpstreamDeclaration) throws -> UpstreamDeclaration { try store.replace(upstream) }
    func removeUpstreamDeclaration(_ name: UpstreamName, isShadowed: Bool) throws -> Bool {
        try store.removeUpstreamDeclaration(name, isShadowed: isShadowed)
    }
    func note(_ event: UpstreamEvent, of upstream: UpstreamName, at now: Timestamp) {
        store.note(event, of: upstream, at: now)
    }
    func start(_ trace: UpstreamTrace) throws { try store.start(trace) }
    func beginUpstreamTrace(digest: [UInt8], at now: Timestamp) throws -> UpstreamTrace? {
        try store.beginUpstreamTrace(digest: digest, at: now)
    }
    func upstreamTrace(of upstream: UpstreamName, at now: Timestamp) throws -> UpstreamTrace? {
        try store.upstreamTrace(of: upstream, at: now)
    }
    func record(_ steps: [UpstreamTrace.Step], of trace: UpstreamTraceID, at now: Timestamp) throws {
        try store.record(steps, of: trace, at: now)
    }
    func removeUpstreamTrace(of upstream: UpstreamName) throws -> Bool { try store.removeUpstreamTrace(of: upstream) }
    func upstreamHealth(at now: Timestamp) throws -> [UpstreamName: UpstreamHealth] {
        try store.upstreamHealth(at: now)
    }
    func upstreamLinks(of user: UserID) throws -> [UpstreamLink] { try store.upstreamLinks(of: user) }
}
