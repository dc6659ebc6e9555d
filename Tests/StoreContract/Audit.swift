import JOSE
import OIDCLogic

/// Each change leaves its row, with who, what, before and after; and what changes nothing leaves none.
func expectAudit(in store: some Store) throws {
    try expect(try store.auditEnd() == 0, "at first nothing is written")
    try expectActors(in: store)
    try expectClientRows(in: store)
    try expectUserRows(in: store)
    try expectScopeRows(in: store)
    try expectClaimAndKeyRows(in: store)
    try expectOwnerRows(in: store)
    try expectRegistrationRows(in: store)
    try expectSignInRows(in: store)
    try expectGrantRows(in: store)
    try expectNoSecrets(in: store)
}

/// What `change` adds to the audit log, oldest first.
private func rows(in store: some Store, _ change: () throws -> Void) throws -> [AuditRecord] {
    let end = try store.auditEnd()
    try change()
    return try store.auditRecords(after: end, limit: 100)
}

private func expectRow(
    _ event: AuditEvent, _ objectID: String, client: String? = nil, user: UserID? = nil, before: [String: JSON] = [:],
    after: [String: JSON] = [:], in store: some Store, file: StaticString = #fileID, line: UInt = #line,
    _ change: () throws -> Void
) throws {
    let rows = try rows(in: store, change)
    try expect(
        rows.count == 1, "\(event.rawValue) is one row, not \(rows.map(\.event.rawValue))", file: file, line: line)
    let row = rows[0]
    try expect(
        row.event == event && row.objectID == objectID, "\(event.rawValue), of the thing", file: file, line: line)
    try expect(
        row.clientID == client.map { ClientID($0) } && row.userID == user, "\(event.rawValue), whom it concerns",
        file: file, line: line)
    try expect(
        row.change == AuditChange(before: before, after: after), "\(event.rawValue) tells \(row.change)", file: file,
        line: line)
}

private func expectNoRow(
    _ promise: String, in store: some Store, file: StaticString = #fileID, line: UInt = #line,
    _ change: () throws -> Void
) throws {
    let rows = try rows(in: store, change)
    try expect(rows.isEmpty, "\(promise) leaves no row, not \(rows.map(\.event.rawValue))", file: file, line: line)
}

private func expectActors(in store: some Store) throws {
    let whos: [AuditActor.Who] = [
        .user(UserID(AwkwardName.withNUL)), .client(ClientID("app")), .commandLine(AwkwardName.quoted),
        .registrationToken(InitialAccessTokenID("t1")), .file("/etc/clients.d/a \"b\".yaml"), .anonymous, .system,
    ]
    let jobs: [AuditActor.Who] = [
        .ciJob(CIRuleName("shop"), subject: "project_path:a/b:ref:a b"), .ciJob(CIRuleName("a"), subject: " "),
    ]
    for (index, who) in (whos + jobs).enumerated() {
        let road = AuditActor.Road.allCases[index % AuditActor.Road.allCases.count]
        let actor = AuditActor(who, by: road, from: "2001:db8::\(index)", requestID: "\(index)")
        let name = ScopeName("actor-\(index)")
        let rows = try rows(in: store) {
            try store.acting(as: actor, at: .noon + Int64(index)) { try store.add(DefinedScope(name)) }
        }
        let position = try store.auditEnd()
        try expect(
            rows == [
                AuditRecord(
                    position: position, at: .noon + Int64(index), event: .scopeAdded, actor: actor,
                    objectID: name.value, clientID: nil, userID: nil, change: AuditChange())
            ], "every field of a row comes back as it went in: \(rows)")
    }
    let outer = AuditActor(.commandLine("outer"), by: .commandLine)
    let inner = AuditActor(.commandLine("inner"), by: .console)
    let nested = try rows(in: store) {
        try store.acting(as: outer, at: .noon) {
            try? store.acting(as: inner, at: .noon + 1) {
                try store.add(DefinedScope(ScopeName("inner")))
                throw StoreError.missing
            }
            try store.add(DefinedScope(ScopeName("outer")))
        }
        try store.add(DefinedScope(ScopeName("nobody")))
    }
    try expect(nested.map(\.actor) == [inner, outer, .system], "who acts within another acts, until they are done")
}

private func expectClientRows(in store: some Store) throws {
    let app = try Client.fixture()
    var added = try ClientMetadata.fixture(name: "App").json.objectValue.orBroken("metadata is an object")
    let former = JSON.integer((Timestamp.noon + 60).seconds)
    added.merge([
        "preset": "standard", "first_party": true, "client_secret": "set", "former_secret_expires_at": former,
    ]) { _, new in new }
    try expectRow(.clientAdded, "app", client: "app", after: added, in: store) { try store.add(app) }
    try expectNoRow("a client that is there", in: store) { try? store.add(app) }

    var changed = app
    changed.metadata = try .fixture(name: "Renamed")
    changed.sealedSecret = "other"
    changed.isFirstParty = false
    try expectRow(
        .clientChanged, "app", client: "app", before: ["client_name": "App", "first_party": true],
        after: ["client_name": "Renamed", "first_party": false, "client_secret": "changed"], in: store
    ) { changed = try store.replace(changed) }
    try expectNoRow("a change of an older version", in: store) { _ = try? store.replace(app) }
    try expectNoRow("what changes nothing", in: store) { changed = try store.replace(changed) }
    changed.sealedSecret = nil
    try expectRow(.clientChanged, "app", client: "app", after: ["client_secret": "removed"], in: store) {
        changed = try store.replace(changed)
    }

    try store.add(User.fixture())
    _ = try store.start(.fixture(), digest: [1], spending: "audit")
    let consent = Consent(userID: UserID("sub-1"), clientID: app.id, scope: .standard, grantedAt: .noon)
    _ = try store.remember(consent, spending: AttemptID("audit 2"), until: .noon)
    _ = try store.redeemOrRevoke(.fixture("audit"))
    var before = try changed.metadata.json.objectValue.orBroken("metadata is an object")
    before.merge([
        "preset": "standard", "first_party": false, "grants": 1, "consents": 1, "former_secret_expires_at": former,
    ]) { _, new in new }
    try store.add(Role(RoleID("clerk", of: app.id)))
    try store.add(try CustomClaim.fixture(client: "app"))
    before.merge(["roles": 1, "claims": 1]) { _, new in new }
    try expectRow(
        .clientRemoved, "app", client: "app", before: before,
        after: ["grants": 0, "consents": 0, "roles": 0, "claims": 0], in: store
    ) { _ = try store.removeClient(app.id) }
    try expectNoRow("a client that has gone", in: store) { _ = try store.removeClient(app.id) }
    let removed = try rows(in: store) { _ = try store.removeUser(UserID("sub-1")) }
    try expect(removed.map { $0.change.before["grants"] } == [nil], "a grant that has ended doesn't end again")
}

private func expectUserRows(in store: some Store) throws {
    for name in ["staff", "board"] { try store.add(Group(GroupName(name))) }
    var user = User(
        id: UserID("ann"), username: Username("ann"), passwordHash: "hash", attributes: ["email": "a@app.example"],
        groups: [GroupName("staff")], createdAt: .noon, updatedAt: .noon)
    try expectRow(
        .userAdded, "ann", user: user.id,
        after: [
            "username": "ann", "disabled": false, "roles": [], "groups": ["staff"], "password": "set",
            "attributes.email": "a@app.example",
        ], in: store
    ) { try store.add(user) }
    let second = User(id: UserID("bob"), username: Username("bob"), createdAt: .noon, updatedAt: .noon)
    try expectNoRow("who comes with one that is there", in: store) { try? store.add(all: [second, user]) }

    user.groups = [GroupName("board"), GroupName("staff")]
    user.attributes = ["phone_number": "1"]
    try expectRow(
        .userChanged, "ann", user: user.id, before: ["groups": ["staff"], "attributes.email": "a@app.example"],
        after: ["groups": ["board", "staff"], "attributes.phone_number": "1"], in: store
    ) { user = try store.replace(user, ending: .nothing) }
    user.passwordHash = "another"
    try expectRow(.userPasswordReset, "ann", user: user.id, after: ["password": "changed"], in: store) {
        user = try store.replace(user, ending: .nothing)
    }
    user.passwordHash = "a third"
    try expectRow(.userPasswordChanged, "ann", user: user.id, after: ["password": "changed"], in: store) {
        try store.acting(as: AuditActor(.user(user.id), by: .console), at: .noon) {
            user = try store.replace(user, ending: .nothing)
        }
    }
    _ = try store.start(.fixture("s1", of: user.id), digest: [1], of: user, spending: "audit 3")
    try expectRow(.userSignedOut, "ann", user: user.id, before: ["sessions": 1], after: ["sessions": 0], in: store) {
        user = try store.replace(user, ending: .everything)
    }
    let link = OneTimeLink(digest: [1], userID: user.id, expiresAt: .noon + 60)
    let expiry = JSON.integer(link.expiresAt.seconds)
    try expectRow(.userLinkIssued, "ann", user: user.id, after: ["expires_at": expiry], in: store) {
        try store.add(link)
    }
    try expectNoRow("who isn't signed in anywhere", in: store) { user = try store.replace(user, ending: .everything) }
    _ = try store.start(.fixture("s2", of: user.id), digest: [1], of: user, spending: "audit 4")
    user.isDisabled = true
    try expectRow(
        .userDisabled, "ann", user: user.id, before: ["disabled": false, "sessions": 1],
        after: ["disabled": true, "sessions": 0], in: store
    ) { user = try store.replace(user, ending: .everything) }
    user.isDisabled = false
    try expectRow(
        .userEnabled, "ann", user: user.id, before: ["disabled": true], after: ["disabled": false], in: store
    ) { user = try store.replace(user, ending: .nothing) }
    try expectRow(
        .userRemoved, "ann", user: user.id,
        before: [
            "username": "ann", "disabled": false, "roles": [], "groups": ["board", "staff"],
            "attributes.phone_number": "1",
        ], in: store
    ) { _ = try store.removeUser(user.id) }
    try expectNoRow("who has gone", in: store) { _ = try store.removeUser(user.id) }
}

private func expectScopeRows(in store: some Store) throws {
    let scope = ScopeName("reports")
    try expectRow(.scopeAdded, "reports", after: ["description": "R"], in: store) {
        try store.add(DefinedScope(scope, description: "R"))
    }
    try expectRow(.scopeChanged, "reports", before: ["description": "R"], in: store) {
        try store.replace(DefinedScope(scope, description: "R"), by: DefinedScope(scope))
    }
    try expectRow(.scopeRemoved, "reports", in: store) { _ = try store.removeScope(scope) }
    try expectNoRow("a scope that has gone", in: store) { _ = try store.removeScope(scope) }

    try store.add(try Client.fixture("owner"))
    let role = RoleID("clerk", of: ClientID("owner"))
    let id = "clerk@owner"
    try expectRow(.roleAdded, id, client: "owner", in: store) { try store.add(Role(role)) }
    try expectRow(.roleChanged, id, client: "owner", after: ["description": "A"], in: store) {
        try store.replace(Role(role), by: Role(role, description: "A"))
    }
    let group = Group(GroupName("clerks"), roles: [role])
    try expectRow(.groupAdded, "clerks", after: ["roles": ["clerk@owner"]], in: store) { try store.add(group) }
    try expectRow(
        .roleRemoved, id, client: "owner", before: ["description": "A", "groups": 1], after: ["groups": 0], in: store
    ) { _ = try store.removeRole(role) }
    let now = try (try store.catalogue().groups[group.name]).orBroken("the group is gone")
    try expectNoRow("a group's older version", in: store) { try? store.replace(group) }
    var described = now
    described.description = "Clerks"
    try expectRow(.groupChanged, "clerks", after: ["description": "Clerks"], in: store) {
        try store.replace(described)
    }
    try store.add(
        User(
            id: UserID("carl"), username: Username("carl"), groups: [group.name], createdAt: .noon, updatedAt: .noon))
    try expectRow(
        .groupRemoved, "clerks", before: ["description": "Clerks", "roles": [], "users": 1], after: ["users": 0],
        in: store
    ) { _ = try store.removeGroup(group.name) }
}

private func expectClaimAndKeyRows(in store: some Store) throws {
    var claim = try CustomClaim.fixture(client: "owner")
    let members: [String: JSON] = [
        "name": "department", "expression": .string("user ->> 'it''s \"so\"'"), "scope": "hr\"s",
        "in": ["id_token", "introspection"], "required": true,
    ]
    try expectRow(.claimAdded, "claim-1", client: "owner", after: members, in: store) { try store.add(claim) }
    claim.source = .constant(["deep": [1]])
    try expectRow(
        .claimChanged, "claim-1", client: "owner", before: ["expression": .string("user ->> 'it''s \"so\"'")],
        after: ["value": ["deep": [1]]], in: store
    ) { claim = try store.replace(claim) }
    let left = try rows(in: store) { _ = try store.removeCustomClaim(claim.id) }
    try expect(left.map(\.event) == [.claimRemoved] && left[0].clientID == claim.clientID, "a removed claim is told of")

    try expectKeyRows(in: store)
}

private func expectKeyRows(in store: some Store) throws {
    let key = SigningKeyRecord.fixture()
    try expectRow(.keyAdded, "key-1", after: ["alg": "ES256", "status": "next"], in: store) { try store.add([key]) }
    let active = key.fixture(.active(sealed: "sealed", since: .noon, longestToken: 1))
    try expectRow(.keyChanged, "key-1", before: ["status": "next"], after: ["status": "active"], in: store) {
        try store.change([.move(key, to: active)])
    }
    try expectNoRow("a state that it has", in: store) { try store.change([.move(active, to: active)]) }
    let revoked = key.fixture(.revoked(at: .noon, keptUntil: .noon))
    try expectRow(.keyRevoked, "key-1", before: ["status": "active"], after: ["status": "revoked"], in: store) {
        try store.change([.move(active, to: revoked)])
    }
    let removed = try rows(in: store) { _ = try store.prune(at: .noon, limit: 1) }
    try expect(
        removed.map(\.event) == [.keyRemoved] && removed[0].actor == .system
            && removed[0].change.before["status"] == "revoked", "Postern itself removes a key, and says so")
}

private func expectRegistrationRows(in store: some Store) throws {
    let token = InitialAccessToken.fixture("audit", digest: [42])
    let issued = try rows(in: store) { try store.add(token) }
    try expect(
        issued.map(\.event) == [.registrationTokenIssued] && issued[0].change.after["uses"] == 1
            && issued[0].change.after["redirect_hosts"] == ["app.example", "*.apps.example"],
        "a token is told of with what it permits")
    let client = try Client.fixture("registered")
    let registration = ClientRegistration.fixture("registered", of: "registered")
    let registered = try rows(in: store) {
        let actor = AuditActor(.registrationToken(token.id), by: .registration)
        try store.acting(as: actor, at: .noon) {
            _ = try store.register(client, as: registration, spending: .token(token.id), at: .noon)
        }
    }
    try expect(
        registered.map(\.event) == [.clientAdded] && registered[0].actor.who == .registrationToken(token.id),
        "a registered client is told of with its token")
    try expectNoRow("a token that is spent", in: store) {
        let other = try Client.fixture("other")
        _ = try store.register(other, as: .fixture("other", of: "other"), spending: .token(token.id), at: .noon)
    }
    try expectNoRow("a refused body", in: store) { try store.recordRefusal(by: token.id) }
    var waiting = try Client.fixture("waiting", approval: .awaited)
    let added = try rows(in: store) { try store.add(waiting) }
    try expect(added.first?.change.after["awaits_approval"] == true, "that a client waits is told of")
    waiting.approve()
    try expectRow(
        .clientApproved, "waiting", client: "waiting", before: ["awaits_approval": true], in: store
    ) { try store.replace(waiting) }
    try expectRow(
        .clientChanged, "registered", client: "registered", after: ["registration_access_token": "changed"], in: store
    ) { _ = try store.replace(client, in: registration.id, offering: [7]) }
    try expectNoRow("the first use of a token that was offered", in: store) {
        try store.acceptOffer([7], in: registration.id)
    }
    try expectRow(.registrationTokenWithdrawn, "audit", before: ["uses_left": 0], in: store) {
        _ = try store.removeInitialAccessToken(token.id)
    }
    try expectNoRow("a token that has gone", in: store) { _ = try store.removeInitialAccessToken(token.id) }
}

private func expectSignInRows(in store: some Store) throws {
    let user = User.fixture()
    try store.add(user)
    try store.add(try Client.fixture())
    let session = Session.fixture("sign-in")
    func start(_ session: Session, _ digest: UInt8, _ former: SessionStart.Former, _ attempt: String) throws {
        _ = try store.start(
            SessionStart(
                session, digest: [digest], of: .password(.fixture(user)), for: ClientID("app"), former: former,
                spending: AttemptID(attempt), until: .noon))
    }
    let told: [String: JSON] = [
        "username": "ann", "acr": session.acr.map(JSON.string) ?? .null, "amr": .array(session.amr.map(JSON.string)),
    ]
    try expectRow(.sessionStarted, "sign-in", client: "app", user: user.id, after: told, in: store) {
        try start(session, 10, .absent, "audit 10")
    }
    try expectNoRow("an attempt that is spent", in: store) { try start(.fixture("two"), 11, .absent, "audit 10") }
    var remembered = Session.fixture("remembered")
    remembered.isRemembered = true
    let toldOfIt = told.merging(["remembered": true]) { $1 }
    try expectRow(.sessionStarted, "remembered", client: "app", user: user.id, after: toldOfIt, in: store) {
        try start(remembered, 99, .absent, "audit remembered")
    }
    try expectNoRow("what is refused midway", in: store) { try? start(session, 11, .absent, "audit 11") }
    try expectNoRow("a session that was renewed meanwhile", in: store) {
        try start(session, 11, .renewed(presented: [9]), "audit 12")
    }
    try expectRow(.sessionRenewed, "sign-in", client: "app", user: user.id, after: told, in: store) {
        try start(session, 12, .renewed(presented: [10]), "audit 13")
    }
    try expectNoRow("the use of a session", in: store) { try store.touch(session.id, at: .noon + 500) }
    try expectNoRow("a step that begins no session", in: store) {
        _ = try store.spend(AttemptID("audit 14"), until: .noon)
    }
    let taken = try rows(in: store) { try start(.fixture("next"), 13, .ended(session.id), "audit 15") }
    try expect(
        taken.map(\.event) == [.sessionEnded, .sessionStarted] && taken[0].objectID == "sign-in",
        "the session whose place is taken is told of as well")
    try expectRow(.sessionEnded, "next", user: user.id, in: store) { try store.endSession(SessionID("next")) }
    try expectNoRow("a session that has ended", in: store) { try store.endSession(SessionID("next")) }

    func remember(_ names: [String], _ attempt: String) throws {
        let consent = Consent(
            userID: user.id, clientID: ClientID("app"), scope: Scope(names: names), grantedAt: .noon)
        _ = try store.remember(consent, spending: AttemptID(attempt), until: .noon)
    }
    try expectRow(.consentGiven, "app", client: "app", user: user.id, after: ["scope": "openid"], in: store) {
        try remember(["openid"], "audit 20")
    }
    try expectNoRow("the same page again", in: store) { try remember(["email"], "audit 20") }
    let again = try rows(in: store) { try remember(["email"], "audit 21") }
    try expect(again.map(\.change.before) == [["scope": "openid"]], "and what was allowed before")
    func withdraw() throws { _ = try store.removeConsent(of: user.id, to: ClientID("app")) }
    try expectRow(.consentWithdrawn, "app", client: "app", user: user.id, before: ["scope": "email openid"], in: store)
    {
        try withdraw()
    }
    try expectNoRow("what was withdrawn already", in: store) { try withdraw() }
}

private func expectOwnerRows(in store: some Store) throws {
    let scope = DefinedScope(ScopeName("owned"))
    let role = Role(RoleID("owned-role", of: ClientID("owner")))
    let group = Group(GroupName("owned"))
    let claim = try CustomClaim.fixture(client: "owner")
    try store.add(scope)
    try store.add(role)
    try store.add(group)
    try store.add(claim)
    for (event, name, client) in [
        (.scopeChanged, .scope(scope.name), nil), (.roleChanged, .role(role.id), "owner"),
        (.groupChanged, .group(group.name), nil), (.claimChanged, .claim(claim.id), "owner"),
        (.clientChanged, .client(ClientID("owner")), "owner"),
    ] as [(AuditEvent, DeclaredName, String?)] {
        func expectOwner(_ before: [String: JSON], _ after: [String: JSON], _ file: String?) throws {
            try expectRow(event, name.id.value, client: client, before: before, after: after, in: store) {
                try store.apply([.assign(name, to: file)], at: store.generation())
            }
        }
        try expectOwner([:], ["declared_in": "a.yaml"], "a.yaml")
        try expectOwner(["declared_in": "a.yaml"], ["declared_in": "b.yaml"], "b.yaml")
        try expectOwner(["declared_in": "b.yaml"], [:], nil)
    }
    _ = try store.removeScope(scope.name)
    _ = try store.removeRole(role.id)
    _ = try store.removeGroup(group.name)
    _ = try store.removeCustomClaim(claim.id)
}

private func expectGrantRows(in store: some Store) throws {
    let user = UserID("sub-1")
    _ = try store.start(.fixture(), digest: [20], spending: "audit 30")
    try expectNoRow("a code that is redeemed", in: store) { _ = try store.redeemOrRevoke(.fixture("first")) }
    try expectRow(
        .grantRevoked, "first", client: "app", user: user, after: ["reason": "code_reused"], in: store
    ) { _ = try store.redeemOrRevoke(.fixture("first")) }
    try expectNoRow("a third time", in: store) { _ = try store.redeemOrRevoke(.fixture("first")) }
    for (reason, isTold) in [
        (GrantRevocation.requested, false), (.codeReused, true), (.refreshTokenReused, true), (.subjectsChanged, true),
        (.administrator, true),
    ] {
        let id = GrantID("revoked \(reason)")
        let family = RefreshFamily(digest: Array(reason.rawValue.utf8), expiresAt: .noon + 60)
        _ = try store.redeemOrRevoke(.fixture(id.value, refresh: family))
        let told = try rows(in: store) { try store.revoke(id, because: reason) }
        try expect(
            told.map { $0.change.after["reason"] } == (isTold ? [.string(reason.rawValue)] : []),
            "a grant that is revoked, and why, unless its own client wanted it")
        try expectNoRow("once more", in: store) { try store.revoke(id, because: reason) }
    }
    let rotated = RefreshFamily(digest: [1, 1], expiresAt: .noon + 60)
    _ = try store.redeemOrRevoke(.fixture("refreshed", refresh: rotated))
    try expectNoRow("a refresh", in: store) {
        _ = try store.rotate(
            GrantID("refreshed"), from: [1, 1], to: RefreshFamily(digest: [2, 2], expiresAt: .noon + 60),
            keeping: .none,
            until: .noon + 60)
    }
    try expectNoRow("an access token that is revoked", in: store) {
        try store.revoke(TokenID("audit"), until: .noon + 60)
    }
    try expectNoRow("a failure that is counted", in: store) {
        try store.recordFailure(for: [.login(account: Username("ann"))], at: .noon)
        try store.clearFailures(for: [.login(account: Username("ann"))])
    }
}

private func expectNoSecrets(in store: some Store) throws {
    for secret in ["$y$j9T", "another", "sealed"] {
        for record in try store.auditRecords(after: 0, limit: 1000) {
            let text = JSON.object(record.change.before).text + JSON.object(record.change.after).text
            try expect(!text.contains(secret), "no row holds a hash or a sealed value: \(record)")
        }
    }
}
