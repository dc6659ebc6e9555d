import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// RFC 9101, OpenID Connect Core §6: a request object on its way through the pages.
struct RequestObjectHandlerTests {
    private static let uri = "https://signs.example/request"
    private static let key = Result { try SigningKey.generate(.es256) }

    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        try fixture.add(
            "signs",
            metadata: [
                "jwks": ["keys": [try Self.key.get().publicKey.publicJWK]], "request_uris": [.string(Self.uri)],
                "require_signed_request_object": true,
            ])
    }

    private func object(_ change: [String: JSON] = [:]) throws -> String {
        let claims = HandlerBrowser.authorization(of: "signs").mapValues(JSON.string).merging([
            "exp": .integer(fixture.now.seconds + 60)
        ]) { $1 }.merging(change) { $1 }
        return try JWS.sign(header: "oauth-authz-req+jwt", claims: .object(claims), key: try Self.key.get())
    }

    private func ask(_ fields: [String: String], method: Method = .get) -> Response {
        browser.send(
            method, .authorize, ["client_id": "signs", "response_type": "code"].merging(fields) { $1 }.fields)
    }

    private func expectCode(in response: Response) throws {
        #expect(response.leads(to: "https://signs.example/callback?code="))
        #expect(try response.parameter("state") == "the state")
        let code = try response.parameter("code").orThrow("no code")
        #expect(browser.token(code, of: "signs").status == .ok)
    }

    @Test func `what was signed is signed in to, however long that takes`() throws {
        let page = ask(["request": try object()])
        #expect(page.shows("password"))
        fixture.now = fixture.now + 900
        try expectCode(in: browser.login(on: page))
    }

    @Test func `the address of a form, and the link of a page that can't go on, begin it again`() throws {
        let page = ask(["request": try object()])
        let action = try page.text.split(separator: "action=\"/oidc/login?attempt=", maxSplits: 1).last.orThrow(
            "no form")
        let bookmark = fixture.respond(
            .login, Request(handler: "login", query: "attempt=" + action.prefix { $0 != "\"" }))
        #expect(bookmark.leads(to: "https://login.example/oidc/authorize?attempt="))
        fixture.now = fixture.now + 900
        let cookies = browser.cookies
        try expectCode(in: browser.login(on: try browser.follow(bookmark)))
        browser.cookies = [:]
        let refused = browser.login(on: page)
        #expect(refused.text.contains("blocks cookies"))
        let link = try refused.text.split(
            separator: "href=\"https://login.example/oidc/authorize?attempt=", maxSplits: 1
        )
        .last.orThrow("no link")
        browser.cookies = cookies
        let again = browser.send(.get, .authorize, [("attempt", String(link.prefix { $0 != "\"" }))])
        #expect(again.shows("password"), "it stands for no step of this browser's")
        try expectCode(in: browser.login(on: again))
    }

    @Test func `what a client publishes is fetched once`() throws {
        fixture.sectors.publish(try object() + "\n", at: Self.uri)
        let page = ask(["request_uri": Self.uri])
        try expectCode(in: browser.login(on: page))
        #expect(fixture.sectors.calls == [Self.uri])
    }

    /// What `postern why` says of the answer.
    private func explained(_ fields: [String: String], line: Int = #line) throws -> RefusalExplanation {
        let id = "3f9a1c\(100_000 + line)"
        let query = ["client_id": "signs", "response_type": "code", "redirect_uri": "https://signs.example/callback"]
            .merging(fields) { $1 }.fields
        _ = fixture.respond(
            .authorize, Request(handler: "authorize", query: FormEncoding.encode(query), id: id))
        fixture.store.settleObservations()
        return try RefusalAdministration(store: fixture.store).explain(id)
    }

    @Test func `a refused object is explained by what came and what is registered`() throws {
        func check(
            _ object: String, _ difference: String, expected: String? = nil,
            location: SourceLocation = #_sourceLocation
        ) throws {
            let explained = try explained(["request": object], line: location.line)
            #expect(explained.differences == [difference], sourceLocation: location)
            if let expected { #expect(explained.expected == [expected], sourceLocation: location) }
            #expect(!"\(explained.json.text)".contains(object), sourceLocation: location)
        }
        try check(
            try object(["aud": "https://other.example"]), #"aud came as "https://other.example""#,
            expected: #"aud "\#(fixture.provider.issuer.value)""#)
        let now = fixture.now.seconds
        try check(try object(["exp": .integer(now - 90)]), "exp came as \(now - 90)", expected: "exp later than \(now)")
        try check(try object(["exp": "a secret"]), "exp came as no number of seconds")
        try check(try object(["request_uri": "x"]), "request_uri came as there", expected: "request_uri not there")
        let header = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))
        try check("\(header).e30.", "its alg is none")
        try check("a.b.c", "what came is none, or is encrypted")
        let strange = Base64URL.encode(Array(#"{"alg":"s3cret"}"#.utf8))
        try check(strange + ".e30.e30", "alg is none that this provider knows")
        let mac = Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8))
        try check(mac + ".e30.e30", "alg is HS256")
        let other = try SigningKey.generate(.es256)
        let claims: JSON = .object(["exp": .integer(now + 60)])
        let type = "oauth-authz-req+jwt"
        try check(
            try JWS.sign(header: type, claims: claims, key: other),
            "no key of the client's has the kid of the request object")
        try check(
            try JWS.sign(header: "at+jwt", claims: claims, key: try Self.key.get()),
            "typ is that of another kind of JWT")
        let signed = try object().split(separator: ".")
        let signature = try object(["nonce": "another"]).split(separator: ".")[2]
        try check("\(signed[0]).\(signed[1]).\(signature)", "no key of the client's verifies the signature")
    }

    @Test func `a refused address is explained by those that are registered`() throws {
        let elsewhere = try explained(["request_uri": "https://signs.example/requests?secret=s3cret"])
        #expect(elsewhere.came.contains { $0 == ("request_uri", "https://signs.example/requests?secret=...") })
        #expect(elsewhere.expected == [Self.uri + "  (registered now)"])
        #expect(elsewhere.differences.contains { $0.contains("path") }, "\(elsewhere.differences)")
        fixture.sectors.publish("", status: 404, at: Self.uri)
        let missing = try explained(["request_uri": Self.uri])
        #expect(missing.differences == ["it answered 404"])
        #expect(missing.advice == ["try it from this machine: curl -si 'REQUEST_URI'"])
        try fixture.add("signless")
        let keyless = try explained([
            "client_id": "signless", "redirect_uri": "https://signless.example/callback", "request": "a.b.c",
        ])
        #expect(keyless.differences == ["none are registered"])
        #expect(keyless.advice.first?.contains("postern client set signless") == true)
    }

    // security.md: a cross-site POST carries no Lax cookie, and a GET does.
    @Test func `a POST without a cookie becomes a GET of what was signed`() throws {
        _ = try browser.code()
        let cookies = browser.cookies
        browser.cookies = [:]
        let response = ask(["request": try object()], method: .post)
        #expect(response.status == .seeOther)
        #expect(try response.answer.map(\.name) == ["attempt"])
        browser.cookies = cookies
        try expectCode(in: browser.follow(response))
    }

    @Test func `without its signature the request is refused, also by who edits the page's`() throws {
        let response = browser.authorize("signs")
        #expect(response.leads(to: "https://signs.example/callback?error=invalid_request&"))
        #expect(try response.parameter("state") == "the state")
    }

    @Test func `a page that can't be used any more offers no unsigned way to begin again`() throws {
        let page = ask(["request": try object()])
        browser.cookies = [:]
        let refused = browser.login(on: page)
        #expect(refused.status == .badRequest)
        #expect(!refused.text.contains("/oidc/authorize?client_id="))
        let plain = browser.authorize()
        browser.cookies = [:]
        #expect(browser.login(on: plain).text.contains("/oidc/authorize?client_id="))
    }

    @Test func `what can't be fetched changes nothing`() throws {
        let before = try fixture.rows()
        fixture.sectors.fail(.busy, at: Self.uri)
        let beside = ["redirect_uri": "https://signs.example/callback", "state": "beside"]
        let busy = ask(beside.merging(["request_uri": Self.uri]) { $1 })
        #expect(busy.leads(to: "https://signs.example/callback?error=temporarily_unavailable&"))
        fixture.sectors.fail(.tooLong, at: Self.uri)
        let tooLong = ask(beside.merging(["request_uri": Self.uri]) { $1 })
        #expect(tooLong.leads(to: "https://signs.example/callback?error=invalid_request_uri&"))
        #expect(try tooLong.parameter("state") == "beside")
        #expect(try fixture.rows() == before)
    }
}
