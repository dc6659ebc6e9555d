import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic
@testable import SQLiteStore

/// Upstreams that administrators add, beside those of the configuration.
struct UpstreamAdministrationTests {
    private static let declared = Upstream(
        name: UpstreamName("corp"), title: "Corp", issuer: WebURI(stored: "https://corp.example/realm"),
        clientID: "broker", authentication: .basic, scope: Scope(names: ["openid"]))
    static let members: [String: JSON] = [
        "title": "Other Corp", "issuer": "https://other.example", "client_id": "broker",
        "client_secret": "a secret of theirs", "algorithms": ["ES256"],
        "attributes": ["department": "upstream ->> 'dept'"],
    ]

    let fixture: HandlerFixture
    let browser: HandlerBrowser
    var upstreams: UpstreamAdministration { UpstreamAdministration(fixture.provider) }

    init() throws {
        fixture = try HandlerFixture(signIn: SignInOptions(upstreams: [Self.declared]))
        browser = HandlerBrowser(fixture)
    }

    private func refusal(_ body: () throws -> Void) throws -> AdministrationError {
        try #require(throws: AdministrationError.self, performing: body)
    }

    /// By somebody who holds these.
    func call(
        _ method: FCGIBridge.Method, _ path: String, _ body: JSON? = nil, match: String? = nil, query: String = "",
        holding scopes: [AdministrationScope] = [.admin]
    ) throws -> Response {
        var user = try fixture.store.user(named: Username("ann")).orThrow("no user")
        user.roles = Set(scopes.map { RoleID($0.rawValue) })
        let session = Session(
            id: SessionID("session"), userID: user.id, authTime: fixture.now, amr: [], acr: "1",
            createdAt: fixture.now, lastUsedAt: fixture.now, expiresAt: fixture.now + 60, sidKey: [])
        let signedIn = try SignedIn(session, of: user, idle: 60, at: fixture.now).orThrow("nobody is signed in")
        let parts = path.split(separator: "/").map(String.init)
        let headers: KeyValuePairs<String, String> =
            if let match { ["Content-Type": "application/json", "If-Match": match] } else {
                ["Content-Type": "application/json"]
            }
        _ = try? RoleAdministration(store: fixture.store).createOwn()
        return try AdministrationOperations(provider: fixture.provider).perform(
            parts, by: AdministrationCaller(signedIn, in: try fixture.store.catalogue()),
            Request(
                method: method, handler: "administration", query: query, body: body?.serialized() ?? [],
                headers: headers))
    }

    private func link(_ subject: String = "amy-1", to issuer: String = "https://other.example") throws {
        let id = UpstreamLinkID(issuer: issuer, subject: subject)
        let user = User(
            id: UserID("linked-\(subject)"), username: Username("linked-\(subject)"), createdAt: fixture.now,
            updatedAt: fixture.now)
        let link = UpstreamLink(
            id: id, userID: user.id, createdAt: fixture.now, lastUsedAt: fixture.now,
            check: UpstreamCheck(at: fixture.now, nextAt: nil))
        try fixture.store.linkForTest(user, link)
    }

    func publish(_ key: SigningKey) throws {
        try fixture.published.publish([key.publicKey.publicJWK], at: "https://other.example/keys")
        fixture.sectors.publish(
            """
            {"issuer": "https://other.example", "authorization_endpoint": "https://other.example/authorize",
            "token_endpoint": "https://other.example/token", "jwks_uri": "https://other.example/keys"}
            """, at: "https://other.example/.well-known/openid-configuration")
    }

    /// Comes back from it with what it was asked for.
    func callBack(
        _ redirect: Response, by key: SigningKey, saying more: [String: JSON] = [:]
    ) throws -> Response {
        let asked = Dictionary(uniqueKeysWithValues: try redirect.answer)
        #expect(redirect.leads(to: "https://other.example/authorize?") && asked["client_id"] == "broker")
        let claims: [String: JSON] = [
            "iss": "https://other.example", "sub": "amy-1", "aud": "broker", "nonce": .string(asked["nonce"] ?? ""),
            "exp": .integer(fixture.now.seconds + 300), "iat": .integer(fixture.now.seconds), "dept": "Sales",
        ]
        let all = JSON.object(claims.merging(more) { _, new in new })
        let token = try JWS.sign(header: "JWT", claims: all, key: key)
        fixture.sectors.publish(
            JSON.object([
                "access_token": "their access token", "token_type": "Bearer", "id_token": .string(token),
            ]).text, at: "https://other.example/token")
        return browser.send(
            .get, .callback, ["code": "their code", "state": asked["state"] ?? ""].changed(by: [:]).fields,
            tail: "other")
    }

    // MARK: The administration itself

    @Test func `one that is added is on the login page at once, and gone when it is removed`() throws {
        #expect(!browser.authorize("app").text.contains("Other Corp"))
        let added = try upstreams.add("other", Self.members)
        #expect(added.upstream?.title == "Other Corp" && added.declaredIn == nil)
        #expect(added.redirectURI == "https://login.example/oidc/callback/other")
        #expect(browser.authorize("app").text.contains("Other Corp"))
        _ = try upstreams.change("other", by: ["title": "Renamed"])
        #expect(browser.authorize("app").text.contains("Renamed"))
        _ = try upstreams.remove("other", knowingOfLinks: false)
        #expect(!browser.authorize("app").text.contains("Renamed"))
    }

    @Test func `people sign in by it`() throws {
        _ = try upstreams.add("other", Self.members)
        let key = try SigningKey.generate(.es256)
        try publish(key)
        let answer = try callBack(
            browser.send(.post, .upstream, browser.authorize("app").hidden.fields, tail: "other"), by: key)
        #expect(answer.leads(to: "https://app.example/callback?"))
        let user = try fixture.store.user(fixture.session().userID).orThrow("no user")
        #expect(user.attributes == ["department": "Sales"])

        fixture.store.settleObservations()
        let listed = try upstreams.upstream("other")
        #expect(listed.people == 1 && listed.standing == "works" && listed.health.signIns == 1)
        #expect(listed.health.signedInAt == fixture.now && listed.health.unreachableSince == nil)
    }

    @Test func `whoever is at one that is removed comes back to the choice`() throws {
        _ = try upstreams.add("other", Self.members)
        try publish(try SigningKey.generate(.es256))
        let page = browser.authorize("app")
        let away = browser.send(.post, .upstream, page.hidden.fields, tail: "other")
        #expect(away.leads(to: "https://other.example/authorize?"))
        let fields = ["code": "c", "state": try away.parameter("state") ?? ""].fields
        _ = try upstreams.remove("other", knowingOfLinks: false)
        func expectChoice(_ answer: Response) {
            #expect(answer.status == .ok && answer.text.contains("no longer there") && answer.shows("password"))
            #expect(browser.login(on: answer).leads(to: "https://app.example/callback?"))
        }
        expectChoice(browser.send(.get, .callback, fields, tail: "other"))
        browser.cookies = [:]
        #expect(browser.send(.get, .callback, fields, tail: "other").text.contains("blocks cookies"))
        #expect(browser.send(.get, .callback, fields, tail: "another").status == .notFound)
        #expect(browser.send(.get, .callback, ["code": "c", "state": "x"].fields, tail: "other").status == .notFound)

        expectChoice(browser.send(.post, .upstream, browser.authorize("app").hidden.fields, tail: "other"))
    }

    @Test func `whoever set out without a page, or connects an account, is told as well`() throws {
        _ = try upstreams.add("other", Self.members)
        try publish(try SigningKey.generate(.es256))
        let onward = browser.authorize("app", ["idp_hint": "other"])
        #expect(onward.leads(to: "https://login.example/oidc/upstream/other?"))
        _ = try browser.code()
        let token = try browser.send(.get, .account, []).hidden["token"].orThrow("the page has no token")
        let connecting = browser.send(
            .post, .account, ["token": token, "connect": "other"].fields, tail: "ways")
        let away = browser.send(.get, .upstream, try connecting.answer, tail: "other")
        _ = try upstreams.remove("other", knowingOfLinks: false)

        let page = browser.send(.get, .upstream, try onward.answer, tail: "other")
        #expect(page.status == .ok && page.text.contains("no longer there") && page.shows("password"))
        #expect(browser.send(.get, .upstream, [], tail: "other").status == .notFound)
        let back = ["code": "c", "state": try away.parameter("state") ?? ""].fields
        let answer = browser.send(.get, .callback, back, tail: "other")
        #expect(answer.status == .notFound && answer.text.contains("That way to sign in is no longer there"))
        #expect(answer.text.contains("Start again") && !answer.shows("password"))
    }

    @Test func `what came to nothing is shown with its reason`() throws {
        _ = try upstreams.add("other", Self.members)
        let page = browser.authorize("app")
        _ = browser.send(.post, .upstream, page.hidden.fields, tail: "other")
        fixture.store.settleObservations()
        let listed = try upstreams.upstream("other")
        #expect(listed.standing == "failed last" && listed.health.failures == 1)
        #expect(listed.health.failure?.reason.contains("can't be") == true)
        #expect(try upstreams.upstream("corp").standing == "not used yet")
    }

    @Test func `the secret is kept sealed, for this name alone, and never shown`() throws {
        let added = try upstreams.add("other", Self.members)
        let sealed = try added.declaration?.sealedSecret.orThrow("no secret") ?? ""
        #expect(!sealed.contains("secret"))
        let opened = try UpstreamSecret(sealed: sealed, of: added.name, opening: HandlerFixture.seal)
        #expect(opened.matches("a secret of theirs"))
        #expect(throws: (any Error).self) {
            try UpstreamSecret(sealed: sealed, of: UpstreamName("another"), opening: HandlerFixture.seal)
        }
        #expect(!added.json.text.contains("theirs") && added.json["has_client_secret"] == true)
        let rows = try fixture.store.auditRecords(after: 0, limit: 99).filter { $0.event.object == "upstream" }
        #expect(rows.map(\.event) == [.upstreamAdded] && rows[0].change.after["client_secret"] == "set")
    }

    @Test func `what isn't named stays, and the secret with it`() throws {
        let added = try upstreams.add("other", Self.members)
        let changed = try upstreams.change("other", by: ["title": nil, "users": "none"])
        #expect(changed.title == "other" && changed.upstream?.admission == .nobody)
        #expect(changed.declaration?.sealedSecret == added.declaration?.sealedSecret)
        #expect(changed.upstream?.mapping.attributes == ["department": "upstream ->> 'dept'"])
        let other = try upstreams.change(
            "other", by: ["client_secret": "another", "attributes": ["a": "upstream ->> 'b'"]])
        #expect(other.declaration?.sealedSecret != added.declaration?.sealedSecret)
        #expect(other.upstream?.mapping.attributes.count == 2, "a merge patch merges")
        let rows = try fixture.store.auditRecords(after: 0, limit: 99).filter { $0.event == .upstreamChanged }
        #expect(rows.count == 2 && rows[1].change.after["client_secret"] == "changed")
    }

    @Test(
        arguments: [
            (["issuer": nil], "issuer", "is missing"), (["client_id": nil], "client_id", "is missing"),
            (["client_secret": nil], "client_secret", "is missing"),
            (["client_secret": ""], "client_secret", "must be a text"),
            (["issuer": "nowhere"], "issuer", "must be a URL"), (["titel": "x"], nil, "title"),
            (["users": "upstream ->>"], "users", "must be all, none"), (["name": "x"], "name", "stays"),
            (["client_secret_file": "/etc/passwd"], "client_secret_file", "say client_secret"),
            (["issuer": "https://corp.example/realm"], "issuer", "\"corp\" has the issuer"),
        ] as [([String: JSON?], String?, String)])
    func `what the configuration would refuse is refused here`(
        changes: [String: JSON?], member: String?, text: String
    ) throws {
        var members = Self.members
        for (name, value) in changes { members[name] = value }
        let error = try refusal { _ = try upstreams.add("other", members) }
        #expect(error.member == member && error.description.contains(text), "\(error)")
        #expect(try fixture.store.upstreamDeclarations().isEmpty)
    }

    @Test func `its issuer may be given as the address of its discovery document, by each road`() throws {
        let address: JSON = "https://other.example/realms/a/.well-known/openid-configuration"
        var members = Self.members
        members["issuer"] = address
        let created = try call(.post, "upstreams", .object(members.merging(["name": "other"]) { $1 }))
        #expect(created.status == .created)
        let listed = try upstreams.upstream("other")
        #expect(listed.upstream?.issuer.value == "https://other.example/realms/a")
        #expect(listed.members["issuer"] == "https://other.example/realms/a", "and is shown as what it is")
        _ = try upstreams.change("other", by: ["issuer": "https://other.example/b/.well-known/openid-configuration"])
        #expect(try upstreams.upstream("other").members["issuer"] == "https://other.example/b")
    }

    @Test(arguments: ["Corp", "a/b", "-a", ""])
    func `a name is part of an address`(name: String) throws {
        #expect(try refusal { _ = try upstreams.add(name, Self.members) }.member == "name")
    }

    @Test func `one of the configuration is changed there alone`() throws {
        for body in [
            { _ = try upstreams.add("corp", Self.members) }, { _ = try upstreams.change("corp", by: ["title": "x"]) },
            { _ = try upstreams.remove("corp", knowingOfLinks: true) },
        ] {
            let error = try refusal(body)
            #expect(error.kind == .declared && error.description.contains("postern.yaml"))
        }
        let listed = try upstreams.all()
        #expect(listed.map(\.name.value) == ["corp"] && listed[0].declaredIn == "postern.yaml")
    }

    @Test func `one that the configuration has since then gives way to it, and can be removed`() throws {
        try fixture.store.add(
            UpstreamDeclaration(
                name: UpstreamName("corp"), members: Self.members.filter { $0.key != "client_secret" },
                createdAt: fixture.now, updatedAt: fixture.now))
        let options = try fixture.provider.signInOptions()
        #expect(options.upstreams.map(\.title) == ["Corp"])
        #expect(try upstreams.all().last?.fault?.contains("remove this one") == true)
        _ = try upstreams.remove("corp", knowingOfLinks: false)
        #expect(try fixture.store.upstreamDeclarations().isEmpty)
    }

    @Test func `nor do two let in the people of one issuer where the configuration has it since then`() throws {
        let kept = Self.members.filter { $0.key != "client_secret" }
        func add(_ name: String, issuer: String) throws {
            try fixture.store.add(
                UpstreamDeclaration(
                    name: UpstreamName(name), members: kept.merging(["issuer": .string(issuer)]) { $1 },
                    createdAt: fixture.now, updatedAt: fixture.now))
        }
        try add("same", issuer: Self.declared.issuer.value)
        try add("slash", issuer: Self.declared.issuer.value + "/")
        try link(to: Self.declared.issuer.value)
        let options = try fixture.provider.signInOptions()
        #expect(options.upstreams.map(\.name.value) == ["corp", "slash"], "to the byte")
        let listed = try upstreams.upstream("same")
        #expect(listed.fault?.contains("(\"corp\")") == true && listed.fault?.contains("remove this one") == true)
        #expect(try upstreams.upstream("slash").fault == nil)
        _ = try upstreams.remove("same", knowingOfLinks: false)
        #expect(try upstreams.upstream("corp").people == 1, "who is linked still comes in, by the other")
    }

    @Test func `one that can't be read locks nobody out, and says so`() throws {
        _ = try upstreams.add("other", Self.members)
        try fixture.store.add(
            UpstreamDeclaration(
                name: UpstreamName("newer"), members: ["what": "is this"], createdAt: fixture.now,
                updatedAt: fixture.now))
        #expect(try fixture.provider.signInOptions().upstreams.map(\.name.value) == ["corp", "other"])
        let listed = try upstreams.upstream("newer")
        #expect(listed.standing == "can't be used" && listed.fault?.contains("what") == true)
        #expect(fixture.logged.contains { $0.contains("newer") })
    }

    @Test func `the issuer stays while somebody is linked by it`() throws {
        _ = try upstreams.add("other", Self.members)
        _ = try upstreams.change("other", by: ["issuer": "https://moved.example"])
        try link(to: "https://moved.example")
        let error = try refusal { _ = try upstreams.change("other", by: ["issuer": "https://other.example"]) }
        #expect(error.member == "issuer" && error.description.contains("1 person is linked"))
        #expect(try upstreams.upstream("other").upstream?.issuer.value == "https://moved.example")
    }

    @Test func `an issuer that a preset knows stays as well while somebody is linked by it`() throws {
        let google: [String: JSON] = ["preset": "google", "client_id": "broker", "client_secret": "a secret of theirs"]
        _ = try upstreams.add("google", google)
        try link(to: "https://accounts.google.com")
        let other: [String: JSON] = ["preset": .null, "issuer": "https://other.example"]
        let error = try refusal { _ = try upstreams.change("google", by: other) }
        #expect(error.member == "issuer" && error.description.contains("1 person is linked"))
        #expect(try upstreams.change("google", by: ["title": "Ours"]).upstream?.title == "Ours")
    }

    @Test func `what names its users stays while somebody is linked by it`() throws {
        let hub: [String: JSON] = [
            "issuer": "https://hub.example", "client_id": "broker", "client_secret": "a secret of theirs",
            "authorization_endpoint": "https://hub.example/authorize", "token_endpoint": "https://hub.example/token",
            "userinfo_endpoint": "https://hub.example/user", "subject": "login", "scope": "user",
        ]
        _ = try upstreams.add("hub", hub)
        _ = try upstreams.change("hub", by: ["subject": "id"])
        try link(to: "https://hub.example")
        for subject in ["login", .null] as [JSON] {
            let error = try refusal { _ = try upstreams.change("hub", by: ["subject": subject]) }
            #expect(error.member == "subject" && error.description.contains("1 person is linked"))
        }
        let endpoints = hub.keys.filter { $0.hasSuffix("_endpoint") } + ["subject"]
        let spoken = Dictionary(uniqueKeysWithValues: endpoints.map { ($0, JSON.null) })
            .merging(["scope": "openid"]) { $1 }
        #expect(try refusal { _ = try upstreams.change("hub", by: spoken) }.member == "subject")
        #expect(try upstreams.change("hub", by: ["title": "Ours", "subject": "id"]).upstream?.oauth?.subject == "id")
    }

    @Test func `which upstreams know a user is shown, and ended by whoever may change users`() throws {
        _ = try upstreams.add("other", Self.members)
        try link("amy-1")
        try link("ben-1")
        let path = "users/linked-amy-1/upstreams"
        let people = try call(.get, path, holding: [.readUsers]).json()["items"]?.arrayValue ?? []
        #expect(people.map { $0["upstream"] } == ["other"] && people.map { $0["upstream_sub"] } == ["amy-1"])
        let one = path + "/" + (try people.first?["id"]?.stringValue.orThrow("no id") ?? "")
        #expect(throws: AdministrationOperations.LackingScope.self) {
            _ = try call(.delete, one, holding: [.readUsers])
        }
        #expect(try call(.delete, one, holding: [.writeUsers]).status == .noContent)
        let error = try refusal { _ = try call(.delete, one, holding: [.writeUsers]) }
        #expect(error.description.contains("they sign in by a password here alone"))
        #expect(try fixture.store.upstreamLinkCount(of: "https://other.example") == 1, "nobody else's ends")
    }

    @Test func `of several subjects that one upstream knows a user by, one is named`() throws {
        var ann: User { get throws { try fixture.store.user(named: Username("ann")).orThrow("no user") } }
        for subject in ["one", "two"] {
            let user = try ann
            let id = UpstreamLinkID(issuer: Self.declared.issuer.value, subject: subject)
            let link = UpstreamLink(
                id: id, userID: user.id, createdAt: fixture.now, lastUsedAt: fixture.now,
                check: UpstreamCheck(at: fixture.now, nextAt: nil))
            let linked = UpstreamUser(user: user, link: link, known: .version(user.version))
            #expect(try fixture.store.link(linked, spending: nil, at: fixture.now))
        }
        let error = try refusal { _ = try upstreams.unlink("corp", from: try ann) }
        #expect(error.description.contains("by several subjects"))
        let second = try upstreams.people(of: try ann)[1]
        #expect(try upstreams.unlink(second.id, from: try ann).link.id.subject == "two")
        #expect(try upstreams.unlink("corp", from: try ann).link.id.subject == "one")
    }

    @Test func `whoever removes one that people are linked to says that they know`() throws {
        _ = try upstreams.add("other", Self.members)
        try link("a")
        try link("b")
        let error = try refusal { _ = try upstreams.remove("other", knowingOfLinks: false) }
        #expect(error.description.contains("2 people are linked") && error.description.contains("refused"))
        #expect(try upstreams.remove("other", knowingOfLinks: true).people == 2)
        #expect(try fixture.store.upstreamLinkCount(of: "https://other.example") == 2, "they stay linked")
    }

    // MARK: The API

    @Test func `the API adds, repeats, reads, changes, replaces and removes`() throws {
        var body = Self.members
        body["name"] = "other"
        let made = try call(.post, "upstreams", .object(body))
        #expect(made.status == .created)
        #expect(made[.location]?.text == "https://login.example/oidc/admin/api/v1/upstreams/other")
        #expect(try call(.post, "upstreams", .object(body)).status == .ok, "the same once more")
        body["client_secret"] = "another"
        #expect(throws: AdministrationError.self) { try call(.post, "upstreams", .object(body)) }

        let read = try call(.get, "upstreams/other")
        let tag = read[.eTag]?.text ?? ""
        var shown = try JSON(parsing: read.body).objectValue ?? [:]
        #expect(shown["client_secret"] == nil && shown["title"] == "Other Corp" && shown["linked_people"] == 0)
        #expect(throws: AdministrationProblem.self) { try call(.patch, "upstreams/other", ["title": "x"]) }
        let changed = try call(.patch, "upstreams/other", ["title": "x"], match: tag)
        #expect(throws: AdministrationProblem.self) { try call(.patch, "upstreams/other", ["title": "y"], match: tag) }

        shown["title"] = "Put"
        shown["attributes"] = ["other": "upstream ->> 'x'"]
        let put = try call(.put, "upstreams/other", .object(shown), match: changed[.eTag]?.text)
        let after = try JSON(parsing: put.body)
        #expect(after["title"] == "Put" && after["attributes"] == ["other": "upstream ->> 'x'"])
        #expect(after["has_client_secret"] == true, "the secret stays")

        let list = try JSON(parsing: try call(.get, "upstreams").body)
        #expect(list["items"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["corp", "other"])
        try link()
        #expect(throws: AdministrationError.self) { try call(.delete, "upstreams/other") }
        #expect(try call(.delete, "upstreams/other", query: "linked=true").status == .noContent)
        #expect(throws: AdministrationError.self) { try call(.get, "upstreams/other") }
    }

    @Test func `only whoever administers everything may`() {
        let scopes = AdministrationScope.allCases.filter { $0 != .admin }
        for (method, path) in [(.get, "upstreams"), (.post, "upstreams"), (.delete, "upstreams/corp")]
            as [(FCGIBridge.Method, String)]
        {
            #expect(throws: AdministrationOperations.LackingScope.self) { try call(method, path, [:], holding: scopes) }
        }
    }

    @Test func `it is asked whether people can sign in`() throws {
        _ = try upstreams.add("other", Self.members)
        let result = try JSON(parsing: try call(.post, "upstreams/other/test").body)
        #expect(result["passed"] == false)
        #expect(result["registration"]?["redirect URI"] == "https://login.example/oidc/callback/other")
        #expect(throws: AdministrationError.self) { try call(.post, "upstreams/nobody/test") }
    }
}
