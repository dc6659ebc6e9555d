import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// What an app of subject type pairwise is told of its users, and by what it is understood (OpenID Connect Core §8).
struct PairwiseHandlerTests {
    private static let ann = "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11"

    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        let pairwise: [String: JSON] = [
            "subject_type": "pairwise", "grant_types": ["authorization_code", "refresh_token"],
            "resources": ["https://api.example/"], "sector_identifier_uri": "https://sector.example/",
        ]
        try fixture.add("one", metadata: pairwise)
        try fixture.add("two", metadata: pairwise)
        try fixture.add("far", metadata: pairwise.filter { $0.key != "sector_identifier_uri" })
        try fixture.add("sealed", metadata: pairwise.merging(["access_token_format": "opaque"]) { $1 })
        try fixture.add("api", metadata: ["served_resources": ["https://api.example/"]])
    }

    private func post(_ handler: HandlerName, of client: String, _ fields: [String: String?]) throws -> JSON {
        let good = ["client_id": client, "client_secret": "the secret of \(client)"].changed(by: fields).fields
        return try fixture.respond(
            handler,
            Request(
                method: .post, handler: handler.rawValue, body: Array(FormEncoding.encode(good).utf8),
                headers: ["Content-Type": "application/x-www-form-urlencoded"])
        ).json()
    }

    private func signIn(to client: String, _ change: Change = [:]) throws -> JSON {
        let scope: Change = ["scope": "openid email offline_access"]
        return try browser.token(try browser.code(client, scope.merging(change) { $1 }), of: client).json()
    }

    private func claims(_ token: JSON?) throws -> JSON {
        let parts = (token?.stringValue ?? "").split(separator: ".")
        return try JSON(parsing: Base64URL.decode(String(parts[1])).orThrow("no token"))
    }

    private func sub(at client: String) throws -> String {
        try claims(try signIn(to: client)["id_token"])["sub"]?.stringValue.orThrow("no sub") ?? ""
    }

    @Test func `apps of a sector know a user by one identifier, and others by another`() throws {
        let own = try sub(at: "one")
        #expect(own.hasPrefix("pairwise.") && own.utf8.count == 52)
        #expect(try sub(at: "two") == own)
        #expect(try ![own, Self.ann].contains(sub(at: "far")))
        #expect(try sub(at: "app") == Self.ann)
    }

    @Test func `every answer says the same, a refresh too`() throws {
        let tokens = try signIn(to: "one")
        let own = try #require(try claims(tokens["id_token"])["sub"])
        #expect(try claims(tokens["access_token"])["sub"] == own)
        #expect(try browser.userInfo("Bearer \(tokens["access_token"]?.stringValue ?? "")").json()["sub"] == own)
        for token in ["access_token", "refresh_token"] {
            let told = try post(.introspect, of: "one", ["token": tokens[token]?.stringValue])
            #expect(told["active"] == true && told["sub"] == own)
        }
        fixture.now = fixture.now + 100
        let refreshed = try post(
            .token, of: "one",
            ["grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]?.stringValue])
        #expect(try claims(refreshed["id_token"])["sub"] == own)
        #expect(try claims(refreshed["access_token"])["sub"] == own)

        let opaque = try signIn(to: "sealed")
        #expect(try browser.userInfo("Bearer \(opaque["access_token"]?.stringValue ?? "")").json()["sub"] == own)
    }

    // RFC 9068 §6: a resource server can't tell by the token what the client couldn't.
    @Test func `a token for another's resource says what its client is told`() throws {
        let tokens = try signIn(to: "one", ["resource": "https://api.example/"])
        let told = try post(.introspect, of: "api", ["token": tokens["access_token"]?.stringValue])
        #expect(told["aud"] == "https://api.example/" && told["client_id"] == "one")
        #expect(told["sub"] == (try claims(tokens["id_token"]))["sub"])
    }

    @Test func `its hint and its claims are understood, another sector's are nobody's`() throws {
        let own = try signIn(to: "one")["id_token"]?.stringValue ?? ""
        let foreign = try signIn(to: "far")["id_token"]?.stringValue ?? ""
        let silent: Change = ["prompt": "none"]
        #expect(try browser.authorize("one", silent.merging(["id_token_hint": own]) { $1 }).parameter("code") != nil)
        #expect(try browser.authorize("two", silent.merging(["id_token_hint": own]) { $1 }).parameter("code") != nil)
        let refused = browser.authorize("one", silent.merging(["id_token_hint": foreign]) { $1 })
        #expect(refused.error == "login_required")
        for (sub, isUnderstood) in [(try sub(at: "one"), true), (Self.ann, false)] {
            let claims = #"{"id_token":{"sub":{"value":"\#(sub)"}}}"#
            let answer = browser.authorize("one", silent.merging(["claims": claims]) { $1 })
            #expect(try (answer.parameter("code") != nil) == isUnderstood)
        }
    }

    @Test func `its hint proves which session is to end`() throws {
        let hint = try signIn(to: "one")["id_token"]?.stringValue ?? ""
        let response = browser.send(.get, .logout, [("id_token_hint", hint)])
        #expect(response.status == .ok && !response.shows("decision"))
        #expect(browser.authorize("one", ["prompt": "none"]).error == "login_required")
    }

    // OpenID Connect Core §12.2: a refresh must not change the sub.
    @Test func `what changes the identifiers ends what was granted by the former ones`() throws {
        let tokens = try signIn(to: "one")
        let bearer = "Bearer \(tokens["access_token"]?.stringValue ?? "")"
        #expect(browser.userInfo(bearer).status == .ok)
        var client = try #require(try fixture.store.client(ClientID("one")))
        client.metadata.subjectType = .public
        try fixture.store.replace(client)
        #expect(browser.userInfo(bearer).status == .unauthorized)
        let refused = try post(
            .token, of: "one",
            ["grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]?.stringValue])
        #expect(refused["error"] == "invalid_grant")
        #expect(try sub(at: "one") == Self.ann)
    }

    @Test func `an app that moves while a code is on its way isn't told what users are called there`() throws {
        let code = try browser.code("far")
        var client = try #require(try fixture.store.client(ClientID("far")))
        client.metadata = try ClientMetadata(
            .object(["redirect_uris": ["https://victim.example/callback"], "subject_type": "pairwise"]))
        try fixture.store.replace(client)
        #expect(browser.token(code, of: "far").error == "invalid_grant")
    }

    @Test func `nor one that changes while its grant is written`() throws {
        let code = try browser.code("far")
        fixture.beforeWriting {
            var client = try fixture.store.client(ClientID("far")).orThrow("no client")
            client.metadata.subjectType = .public
            try fixture.store.replace(client)
        }
        #expect(browser.token(code, of: "far").error == "invalid_grant")
        #expect(try fixture.store.grants(of: ClientID("far"), at: HandlerFixture.noon, before: nil, limit: 9).isEmpty)
        #expect(try sub(at: "far") == Self.ann)
    }

    @Test func `administrators see who it is, and what the app is told`() throws {
        let explanation = try Administration(fixture.provider).explanations.explain(
            user: "ann", client: "one", ExplanationQuestion(address: "192.0.2.1"))
        #expect(explanation.json["user"]?["sub"] == .string(Self.ann))
        #expect(explanation.claims(for: .idToken)["sub"]?.stringValue == (try sub(at: "one")))
        #expect(explanation.claims(for: .userInfo)["sub"] == explanation.claims(for: .idToken)["sub"])
    }

    /// The administration API finds its caller by the grant, and not by what the token calls them.
    @Test func `an app of subject type pairwise administers for its user`() throws {
        let resource = AdministrationScope.resource(of: fixture.provider.issuer)
        try fixture.add(
            "admin-app",
            metadata: [
                "subject_type": "pairwise", "scope": .string("openid \(AdministrationScope.readClients.rawValue)"),
                "resources": [.string(resource)],
            ])
        _ = try RoleAdministration(store: fixture.store).createOwn()
        var ann = try #require(try fixture.store.user(named: Username("ann")))
        ann.roles = [RoleID(AdministrationScope.readClients.rawValue)]
        try fixture.store.replace(ann, ending: .nothing)
        let code = try browser.code(
            "admin-app", ["scope": "openid \(AdministrationScope.readClients.rawValue)", "resource": resource])
        let token = try browser.token(code, of: "admin-app").json()["access_token"]?.stringValue ?? ""
        let response = fixture.respond(
            .administration,
            Request(handler: "administration", tail: "clients", headers: ["Authorization": "Bearer \(token)"]))
        #expect(response.status == .ok, "\(response.text)")
    }
}
