import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// A user who is here already comes to be known by an upstream, and stops to be.
struct UpstreamLinkingTests {
    private static let issuer = "https://corp.example/realm"
    private static let ann = UserID("7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11")

    private let fixture: HandlerFixture
    private let browser: HandlerBrowser
    private let key: SigningKey

    init() throws { try self.init(hasPassword: true) }

    private init(hasPassword: Bool, parameters: [String: String] = [:], prompts: JSON = .null) throws {
        let corp = Upstream(
            name: UpstreamName("corp"), title: "Corp", issuer: WebURI(stored: Self.issuer), clientID: "broker",
            authentication: .basic, scope: Scope(names: ["openid"]), algorithms: [.es256], admission: .nobody,
            mapping: UpstreamMapping(
                attributes: ["department": "upstream ->> 'dept'"],
                roles: [RoleID("editor"): "upstream ->> 'dept' = 'Sales'"]
            ), parameters: parameters)
        fixture = try HandlerFixture(signIn: SignInOptions(upstreams: [corp], hasPassword: hasPassword))
        browser = HandlerBrowser(fixture)
        key = try SigningKey.generate(.es256)
        try fixture.store.add(Role(RoleID("editor")))
        try fixture.published.publish([key.publicKey.publicJWK], at: "https://corp.example/keys")
        fixture.sectors.publish(
            """
            {"issuer": "\(Self.issuer)", "authorization_endpoint": "https://corp.example/authorize",
            "token_endpoint": "https://corp.example/token", "jwks_uri": "https://corp.example/keys",
            "prompt_values_supported": \(prompts.text)}
            """, at: Self.issuer + "/.well-known/openid-configuration")
    }

    private var users: UserAdministration { UserAdministration(store: fixture.store, now: fixture.provider.now) }

    private func account(
        _ method: Method = .get, _ tail: String = "", _ fields: [(name: String, value: String)] = [],
        in browser: HandlerBrowser? = nil
    ) -> Response {
        (browser ?? self.browser).send(method, .account, fields, tail: tail)
    }

    private func act(_ name: String, _ value: String, in browser: HandlerBrowser? = nil) throws -> Response {
        let token = try account(in: browser).hidden["token"].orThrow("the page has no token")
        return account(.post, "ways", [("token", token), (name, value)], in: browser)
    }

    /// From a redirect to our address for the upstream, to the upstream.
    private func goOn(_ response: Response, in browser: HandlerBrowser? = nil) throws -> [String: String] {
        #expect(response.leads(to: "https://login.example/oidc/upstream/corp?"))
        let away = (browser ?? self.browser).send(.get, .upstream, try response.answer, tail: "corp")
        #expect(away.leads(to: "https://corp.example/authorize?"))
        return Dictionary(uniqueKeysWithValues: try away.answer)
    }

    private func comeBack(
        _ asked: [String: String], as subject: String = "amy-1", authTime: Timestamp? = nil,
        in browser: HandlerBrowser? = nil
    ) throws -> Response {
        let token = try JWS.sign(
            header: "JWT",
            claims: .object([
                "iss": .string(Self.issuer), "sub": .string(subject), "aud": "broker", "dept": "Sales",
                "nonce": .string(asked["nonce"] ?? ""), "exp": .integer(fixture.now.seconds + 300),
                "iat": .integer(fixture.now.seconds), "auth_time": authTime.map { .integer($0.seconds) } ?? .null,
            ]), key: key)
        fixture.sectors.publish(
            JSON.object(["access_token": "at", "token_type": "Bearer", "id_token": .string(token)]).text,
            at: "https://corp.example/token")
        let fields = [(name: "code", value: "c"), (name: "state", value: asked["state"] ?? "")]
        return (browser ?? self.browser).send(.get, .callback, fields, tail: "corp")
    }

    private func links() throws -> [UpstreamLink] { try fixture.store.upstreamLinks(of: Self.ann) }

    private func connect(as subject: String = "amy-1") throws -> Response {
        try comeBack(goOn(act("connect", "corp")), as: subject)
    }

    // MARK: By the account page

    @Test func `whoever is signed in to both connects them, and signs in by either`() throws {
        _ = try browser.code()
        #expect(account().text.contains(">Connect<"))
        let done = try connect()
        #expect(done.leads(to: "https://login.example/oidc/account/?done=connected."))
        #expect(try links().map(\.id) == [UpstreamLinkID(issuer: Self.issuer, subject: "amy-1")])
        let user = try fixture.store.user(Self.ann).orThrow("no user")
        #expect(user.roles.contains(RoleID("editor")) && user.attributes["department"] == "Sales")
        let page = account(.get, "", try done.answer)
        #expect(page.text.contains("It is connected") && page.text.contains("Disconnect"))

        let elsewhere = HandlerBrowser(fixture)
        let login = elsewhere.authorize()
        let away = elsewhere.send(.post, .upstream, login.hidden.fields, tail: "corp")
        let back = try comeBack(Dictionary(uniqueKeysWithValues: try away.answer), in: elsewhere)
        #expect(back.leads(to: "https://app.example/callback?"), "though the upstream makes no users")
    }

    @Test func `who is linked has seen as whom`() throws {
        _ = try browser.code()
        let connecting = try goOn(act("connect", "corp"))
        #expect(connecting["prompt"] == "login" && connecting["max_age"] == "31536000")
        let link = try users.invite("ann", for: 3600)
        let page = HandlerBrowser(fixture)
        let login = account(.get, "invitation", [("token", link.text)], in: page)
        let away = page.send(.post, .upstream, login.hidden.fields, tail: "corp")
        #expect(try away.parameter("prompt") == "login")
        let other = HandlerBrowser(fixture)
        let usual = other.send(.post, .upstream, other.authorize().hidden.fields, tail: "corp")
        #expect(try usual.parameter("prompt") == nil, "whoever signs in is asked nothing more")
    }

    @Test(arguments: [("login", false), ("select_account", true)])
    func `whoever wasn't asked there who they are is linked to nobody`(asked: String, isLinked: Bool) throws {
        let test = try UpstreamLinkingTests(hasPassword: true, parameters: ["prompt": asked])
        _ = try test.browser.code()
        let back = try test.comeBack(
            test.goOn(test.act("connect", "corp")), as: "bob-1", authTime: test.fixture.now + -8 * 3600)
        #expect(try test.links().isEmpty != isLinked, "\(back.status)")
        let anew = try test.comeBack(test.goOn(test.act("connect", "corp")), authTime: test.fixture.now)
        #expect(anew.leads(to: "https://login.example/oidc/account/?done=connected.") || isLinked)
    }

    @Test(arguments: [
        ("consent", "consent login"), ("login", "login"), ("select_account", "select_account"), ("none", "login"),
    ])
    func `what is usual there is asked for as well`(usual: String, asked: String) throws {
        let test = try UpstreamLinkingTests(hasPassword: true, parameters: ["prompt": usual])
        _ = try test.browser.code()
        #expect(try test.goOn(test.act("connect", "corp"))["prompt"] == asked)
    }

    // Many refuse select_account, and say nothing of it.
    @Test(
        arguments: [(["none", "login", "select_account"], "select_account"), (["none", "login"], "login")]
            as [(JSON, String)])
    func `whoever knows it lets them choose, and needn't have them sign in anew`(prompts: JSON, asked: String) throws {
        let test = try UpstreamLinkingTests(hasPassword: true, prompts: prompts)
        _ = try test.browser.code()
        #expect(try test.goOn(test.act("connect", "corp"))["prompt"] == asked)
    }

    @Test func `what was connected ends with what came from it`() throws {
        _ = try browser.code()
        _ = try connect()
        let elsewhere = HandlerBrowser(fixture)
        let away = elsewhere.send(.post, .upstream, elsewhere.authorize().hidden.fields, tail: "corp")
        _ = try comeBack(Dictionary(uniqueKeysWithValues: try away.answer), in: elsewhere)
        #expect(try fixture.store.sessions(of: Self.ann, limit: 9).count == 2)

        let done = try act("end", "\(Self.issuer) amy-1")
        #expect(done.leads(to: "https://login.example/oidc/account/?done=cut-off."))
        #expect(try links().isEmpty)
        #expect(try fixture.store.sessions(of: Self.ann, limit: 9).count == 1, "the one that began with a password")
        let user = try fixture.store.user(Self.ann).orThrow("no user")
        #expect(!user.roles.contains(RoleID("editor")) && user.attributes["department"] == nil)
        let again = try act("end", "\(Self.issuer) amy-1")
        #expect(again[.location]?.text == "https://login.example/oidc/account/", "there is none to end")
    }

    @Test func `the only way in can't be ended`() throws {
        let test = try UpstreamLinkingTests(hasPassword: false)
        let link = try test.users.invite("ann", for: 3600)
        let page = test.account(.get, "invitation", [("token", link.text)])
        let away = test.browser.send(.post, .upstream, page.hidden.fields, tail: "corp")
        _ = try test.comeBack(Dictionary(uniqueKeysWithValues: try away.answer))
        #expect(test.account().text.contains("only way in"))
        _ = try test.act("end", "\(Self.issuer) amy-1")
        #expect(try test.links().count == 1)
    }

    @Test func `an identity that is another user's stays theirs`() throws {
        _ = try browser.code()
        _ = try connect()
        try fixture.store.add(fixture.user("bob", "bob"))
        let other = HandlerBrowser(fixture)
        _ = other.login(on: other.authorize(), as: "bob")
        let refused = try comeBack(goOn(act("connect", "corp", in: other), in: other), in: other)
        #expect(refused.status == .forbidden && refused.text.contains("connected already"))
        #expect(try links().count == 1)
        #expect(try fixture.store.upstreamLinks(of: UserID("bob")).isEmpty)
    }

    @Test func `whoever was signed out meanwhile, or is somebody else by now, connects nothing`() throws {
        _ = try browser.code()
        let asked = try goOn(act("connect", "corp"))
        let session = try fixture.session()
        try fixture.store.endSession(session.id)
        let refused = try comeBack(asked)
        #expect(refused.status == .badRequest)
        #expect(try fixture.store.upstreamLink(UpstreamLinkID(issuer: Self.issuer, subject: "amy-1")) == nil)
    }

    @Test func `who signed in long ago does so once more before`() throws {
        _ = try browser.code()
        fixture.now = fixture.now + 601
        let response = try act("connect", "corp")
        #expect(response.leads(to: "https://login.example/oidc/authorize?"))
        #expect(try response.parameter("prompt") == "login")
    }

    @Test func `a form that names nothing of theirs does nothing`() throws {
        _ = try browser.code()
        for (name, value) in [("connect", "other"), ("end", "\(Self.issuer) amy-1"), ("else", "corp")] {
            #expect(try act(name, value)[.location]?.text == "https://login.example/oidc/account/")
        }
        #expect(account(.post, "ways", [("connect", "corp")]).status == .forbidden, "nor does one without its token")
    }

    // MARK: By an invitation

    @Test func `whoever is invited becomes the user who was made for them`() throws {
        let link = try users.invite("ann", for: 3600)
        let page = account(.get, "invitation", [("token", link.text)])
        #expect(page.status == .ok && page.text.contains("Corp") && !page.shows("password"))
        let away = browser.send(.post, .upstream, page.hidden.fields, tail: "corp")
        let done = try comeBack(Dictionary(uniqueKeysWithValues: try away.answer))
        #expect(done.leads(to: "https://login.example/oidc/account/signed-in?"))
        #expect(try links().count == 1 && fixture.session().userID == Self.ann)

        let late = HandlerBrowser(fixture)
        #expect(account(.get, "invitation", [("token", link.text)], in: late).status == .badRequest, "once")
    }

    @Test func `an invitation that is over, or of somebody disabled, lets nobody in`() throws {
        let link = try users.invite("ann", for: 3600)
        let page = account(.get, "invitation", [("token", link.text)])
        let away = browser.send(.post, .upstream, page.hidden.fields, tail: "corp")
        let asked = Dictionary(uniqueKeysWithValues: try away.answer)
        fixture.now = fixture.now + 3600
        #expect(account(.get, "invitation", [("token", link.text)]).status == .badRequest)
        #expect(account(.get, "invitation").status == .badRequest)
        #expect(try comeBack(asked).status != .seeOther)
        #expect(try links().isEmpty)
        #expect(throws: AdministrationError.self) { _ = try users.invite("ann", for: 31 * 86_400) }
        _ = try users.disable("ann")
        #expect(throws: AdministrationError.self) { _ = try users.invite("ann", for: 3600) }
    }

    @Test func `an invitation sets no password`() throws {
        let link = try users.invite("ann", for: 3600)
        #expect(try fixture.store.oneTimeLink(digest: link.digest) == nil)
    }
}
