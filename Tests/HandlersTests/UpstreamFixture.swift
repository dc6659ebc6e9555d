import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic
@testable import SQLiteStore

/// A provider with one upstream, `corp`, at which `amy-1` signs in.
struct UpstreamFixture {
    static let issuer = "https://corp.example"
    static let link = UpstreamLinkID(issuer: issuer, subject: "amy-1")
    static let discovery = issuer + "/.well-known/openid-configuration"

    let fixture: HandlerFixture
    let browser: HandlerBrowser
    let upstream: Upstream
    private let key: SigningKey

    /// - Parameter isStraight: whether everybody goes there without a page.
    init(
        _ mapping: UpstreamMapping = UpstreamMapping(), admission: UpstreamAdmission = .everyone,
        isStraight: Bool = false, scope: [String] = ["openid", "offline_access"]
    ) throws {
        upstream = Upstream(
            name: UpstreamName("corp"), title: "Corp", issuer: WebURI(stored: Self.issuer), clientID: "broker",
            authentication: .post, scope: Scope(names: scope), algorithms: [.es256],
            admission: admission, mapping: mapping)
        fixture = try HandlerFixture(
            signIn: SignInOptions(upstreams: [upstream], straight: isStraight ? upstream.name : nil))
        browser = HandlerBrowser(fixture)
        key = try SigningKey.generate(.es256)
        try fixture.add("offline", metadata: ["grant_types": ["authorization_code", "refresh_token"]])
        try fixture.store.add(Role(RoleID("editor")))
        try fixture.published.publish([key.publicKey.publicJWK], at: Self.issuer + "/keys")
        fixture.sectors.publish(
            """
            {"issuer": "https://corp.example", "authorization_endpoint": "https://corp.example/authorize",
            "token_endpoint": "https://corp.example/token", "jwks_uri": "https://corp.example/keys",
            "userinfo_endpoint": "https://corp.example/userinfo"}
            """, at: Self.discovery)
    }

    /// To the upstream, by the login page's button where there is one.
    func setOut(_ change: Change = [:], in other: HandlerBrowser? = nil) throws -> Response {
        let browser = other ?? self.browser
        let page = browser.authorize("offline", ["scope": "openid offline_access"].merging(change) { $1 })
        return try follow(page, in: browser)
    }

    /// From a page of ours, or a redirect to our address for it, to the upstream.
    func follow(_ response: Response, in other: HandlerBrowser? = nil) throws -> Response {
        let browser = other ?? self.browser
        return response.leads(to: "https://login.example/oidc/upstream/corp?")
            ? browser.send(.get, .upstream, try response.answer, tail: "corp")
            : browser.send(.post, .upstream, response.hidden.fields, tail: "corp")
    }

    func signIn(
        _ claims: [String: JSON] = [:], _ change: Change = [:], refreshToken: String? = "rt-1",
        in browser: HandlerBrowser? = nil
    ) throws -> Response {
        try comeBack(try setOut(change, in: browser), claims, refreshToken: refreshToken, in: browser)
    }

    func comeBack(
        _ away: Response, _ claims: [String: JSON] = [:], refreshToken: String? = "rt-1",
        in other: HandlerBrowser? = nil
    ) throws -> Response {
        let all: [String: JSON] = [
            "iss": .string(Self.issuer), "sub": "amy-1", "aud": "broker", "sid": "s", "preferred_username": "amy",
            "nonce": .string(try away.parameter("nonce") ?? ""), "exp": .integer(fixture.now.seconds + 60),
            "iat": .integer(fixture.now.seconds),
        ]
        let token = try JWS.sign(header: "JWT", claims: .object(all.merging(claims) { $1 }), key: key)
        let answer: JSON = [
            "id_token": .string(token), "access_token": "at-1", "expires_in": 3600,
            "refresh_token": refreshToken.map(JSON.string) ?? .null,
        ]
        self.answer(answer.text)
        fixture.sectors.publish(#"{"sub": "amy-1"}"#, at: Self.issuer + "/userinfo")
        return (other ?? browser).send(
            .get, .callback, ["code": "c", "state": try away.parameter("state") ?? ""].fields, tail: "corp")
    }

    /// What its token endpoint answers from now on.
    func answer(_ body: String, status: Int = 200) {
        fixture.sectors.publish(body, status: status, at: Self.issuer + "/token")
    }

    /// It refuses whatever it is asked about them by.
    func makeGone() {
        answer(#"{"error": "invalid_grant"}"#, status: 400)
        fixture.sectors.publish("", status: 401, at: Self.issuer + "/userinfo")
    }

    /// Asks about whoever is due.
    func look() { _ = UpstreamUpkeep(fixture.provider, within: UpstreamBudget()).look() }

    func goDown() {
        for path in ["/token", "/userinfo", "/.well-known/openid-configuration"] {
            fixture.sectors.fail(.unreachable("down"), at: Self.issuer + path)
        }
    }

    /// Who is linked to `amy-1`.
    func user() throws -> User {
        let link = try fixture.store.upstreamLink(Self.link).orThrow("there is no link")
        return try fixture.store.user(link.userID).orThrow("there is no user")
    }

    func change(_ body: (inout User) -> Void) throws {
        var user = try user()
        body(&user)
        try fixture.store.replace(user, ending: .nothing)
    }

    /// How many sessions there are.
    func sessions() throws -> Int64? {
        try fixture.store.reader.first("SELECT count(*) FROM session", read: { $0.integer(0) })
    }

    func check() throws -> UpstreamCheck? { try fixture.store.upstreamLink(Self.link)?.check }
}

extension SQLiteStore {
    /// Somebody who has signed in at an upstream before.
    func linkForTest(_ user: User, _ link: UpstreamLink) throws {
        try change { database, audit in
            try Self.keep(
                UpstreamUser(user: user, link: link, known: .nothing), by: nil, in: database, audit)
        }
    }
}
