import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// The grants beside the code, introspection and revocation, as a client meets them.
struct TokenServicesTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        try fixture.add("offline", metadata: ["grant_types": ["authorization_code", "refresh_token"]])
        try fixture.add(
            "service",
            metadata: [
                "grant_types": ["client_credentials"], "redirect_uris": [], "scope": "openid read write",
                "resources": ["https://api.example/"],
            ])
        for name in ["read", "write"] { try fixture.store.add(DefinedScope(ScopeName(name))) }
        try fixture.add("api", metadata: ["served_resources": ["https://api.example/"]])
    }

    private func post(_ handler: HandlerName, of client: String, _ fields: [String: String?]) -> Response {
        let good = ["client_id": client, "client_secret": "the secret of \(client)"].changed(by: fields).fields
        return fixture.respond(
            handler,
            Request(
                method: .post, handler: handler.rawValue, body: Array(FormEncoding.encode(good).utf8),
                headers: ["Content-Type": "application/x-www-form-urlencoded"]))
    }

    private func signIn() throws -> JSON {
        let code = try browser.code("offline", ["scope": "openid email offline_access"])
        return try browser.token(code, of: "offline").json()
    }

    private func refresh(_ token: JSON?, of client: String = "offline", _ change: Change = [:]) -> Response {
        post(
            .token, of: client,
            ["grant_type": "refresh_token", "refresh_token": token?.stringValue].merging(change) { _, new in new })
    }

    private func isGood(_ token: JSON?) -> Bool {
        browser.userInfo("Bearer \(token?.stringValue ?? "")").status == .ok
    }

    private func introspect(_ token: JSON?, by client: String) throws -> JSON {
        try post(.introspect, of: client, ["token": token?.stringValue]).json()
    }

    // MARK: refresh_token

    @Test func `a refresh gives new tokens for the same sign-in`() throws {
        let first = try signIn()
        fixture.now = fixture.now + 100
        let response = refresh(first["refresh_token"])
        #expect(response.status == .ok)
        let second = try response.json()
        #expect(second["scope"] == "openid email offline_access")
        #expect(second["refresh_token"] != nil)
        #expect(second["refresh_token"] != first["refresh_token"])
        #expect(isGood(second["access_token"]) && isGood(first["access_token"]))
        let (old, new) = (try claims(first["id_token"]), try claims(second["id_token"]))
        // Core §12.2
        for name in ["iss", "sub", "aud", "auth_time", "sid"] { #expect(old[name] == new[name], "\(name)") }
        #expect(new["iat"] != old["iat"])
        #expect(old["nonce"] != nil && new["nonce"] == nil)
    }

    private func claims(_ token: JSON?) throws -> JSON {
        let parts = (token?.stringValue ?? "").split(separator: ".")
        return try JSON(parsing: Base64URL.decode(String(parts[1])).orThrow("no token"))
    }

    @Test func `whoever asks again at once is given the same token`() throws {
        let first = try signIn()
        let answers = try (0..<3).map { _ in try refresh(first["refresh_token"]).json()["refresh_token"] }
        #expect(answers[0] != nil)
        #expect(Set(answers.map { $0?.stringValue }).count == 1)
    }

    @Test func `of two at the same moment both get the one successor`() throws {
        let first = try signIn()
        var other: JSON?
        fixture.beforeWriting { other = try refresh(first["refresh_token"]).json()["refresh_token"] }
        let own = try refresh(first["refresh_token"]).json()["refresh_token"]
        #expect(own != nil)
        #expect(own == other)
        #expect(refresh(own).status == .ok)
    }

    @Test func `a user who is disabled at that moment gets nothing`() throws {
        let first = try signIn()
        fixture.beforeWriting {
            var user = try fixture.store.user(named: Username("ann")).orThrow("no user")
            user.isDisabled = true
            try fixture.store.replace(user, ending: .everything)
        }
        #expect(refresh(first["refresh_token"]).error == "invalid_grant")
    }

    // RFC 9700 §4.14.2
    @Test func `reuse ends the family`() throws {
        let first = try signIn()
        let second = try refresh(first["refresh_token"]).json()
        let third = try refresh(second["refresh_token"]).json()
        #expect(isGood(third["access_token"]))
        let reuse = refresh(first["refresh_token"])
        #expect(reuse.status == .badRequest)
        #expect(reuse.error == "invalid_grant")
        #expect(refresh(third["refresh_token"]).error == "invalid_grant")
        #expect(!isGood(third["access_token"]))
    }

    @Test func `another client's token, and a made up one, end nothing`() throws {
        try fixture.add("thief", metadata: ["grant_types": ["authorization_code", "refresh_token"]])
        let first = try signIn()
        let text = first["refresh_token"]?.stringValue ?? ""
        let grant = text.prefix { $0 != "." }
        #expect(refresh(first["refresh_token"], of: "thief").error == "invalid_grant")
        #expect(refresh(.string("\(grant).\(String(repeating: "A", count: 64))")).error == "invalid_grant")
        #expect(refresh(first["refresh_token"], of: "app").error == "unauthorized_client")
        #expect(refresh(first["refresh_token"]).status == .ok)
    }

    @Test func `a disabled user, and a removed client, are given nothing`() throws {
        let first = try signIn()
        var user = try fixture.store.user(named: Username("ann")).orThrow("no user")
        user.isDisabled = true
        user = try fixture.store.replace(user, ending: .everything)
        #expect(refresh(first["refresh_token"]).error == "invalid_grant")
        user.isDisabled = false
        try fixture.store.replace(user, ending: .nothing)
        #expect(refresh(first["refresh_token"]).error == "invalid_grant", "what ended stays ended")
    }

    @Test func `introspection knows both of its ends`() throws {
        let token = try signIn()["refresh_token"]
        let refresh = try RefreshToken(token?.stringValue ?? "", seal: HandlerFixture.seal)
        let grant = try fixture.store.grant(refresh.grantID).orThrow("no grant")
        // As under a longer `refresh_token_absolute`.
        let end = grant.createdAt + fixture.provider.lifetimes.refreshTokenAbsolute
        #expect(
            try fixture.store.rotate(
                grant.id, from: refresh.digest, to: RefreshFamily(digest: refresh.digest, expiresAt: end + 100),
                keeping: grant.claims, until: end + 100))
        fixture.now = end + -1
        #expect(try introspect(token, by: "offline")["exp"] == .integer(end.seconds))
        fixture.now = end
        #expect(try introspect(token, by: "offline") == ["active": false])
        #expect(self.refresh(token).error == "invalid_grant")
    }

    @Test func `signing out does not end it`() throws {
        let first = try signIn()
        let session = try fixture.store.session(
            digest: SessionToken(presented: browser.cookies["__Host-postern"] ?? "").orThrow("no cookie").digest)
        try fixture.store.endSession(session.orThrow("no session").id)
        #expect(refresh(first["refresh_token"]).status == .ok)
    }

    @Test func `of an app that wants so it does, whoever ends the session`() throws {
        try fixture.add(
            "tied",
            metadata: ["grant_types": ["authorization_code", "refresh_token"], "revoke_at_logout": true])
        let code = try browser.code("tied", ["scope": "openid offline_access"])
        let first = try browser.token(code, of: "tied").json()
        let session = try fixture.store.session(
            digest: SessionToken(presented: browser.cookies["__Host-postern"] ?? "").orThrow("no cookie").digest)
        try fixture.store.endSession(session.orThrow("no session").id)
        #expect(refresh(first["refresh_token"], of: "tied").error == "invalid_grant")
    }

    @Test func `an ID token's key that is missing costs no refresh token`() throws {
        try fixture.add(
            "ed",
            metadata: [
                "grant_types": ["authorization_code", "refresh_token"], "id_token_signed_response_alg": "ES256",
            ])
        let code = try browser.code("ed", ["scope": "openid offline_access"])
        let first = try browser.token(code, of: "ed").json()
        var client = try fixture.store.client(ClientID("ed")).orThrow("no client")
        client.metadata.idTokenSignedResponseAlg = .edDSA
        client = try fixture.store.replace(client)
        #expect(refresh(first["refresh_token"], of: "ed").error == "server_error")
        client.metadata.idTokenSignedResponseAlg = .es256
        try fixture.store.replace(client)
        #expect(refresh(first["refresh_token"], of: "ed").status == .ok)
    }

    // MARK: client_credentials

    @Test func `a client gets a token for itself`() throws {
        let before = try fixture.rows()
        let response = post(.token, of: "service", ["grant_type": "client_credentials"])
        #expect(response.status == .ok)
        let answer = try response.json()
        #expect(answer["scope"] == "read write", "never openid")
        #expect(answer["id_token"] == nil && answer["refresh_token"] == nil)
        let claims = try claims(answer["access_token"])
        #expect(claims["sub"] == "service")
        #expect(claims["client_id"] == "service")
        #expect(claims["aud"] == "https://login.example/oidc")
        #expect(try fixture.rows() == before, "nothing is written for it")
        _ = post(.token, of: "service", ["grant_type": "password"])
        _ = post(.introspect, of: "service", ["token": "x"])
        _ = post(.revoke, of: "service", ["token": "x"])
        let other = try post(.token, of: "service", ["grant_type": "client_credentials"]).json()["access_token"]
        _ = post(.revoke, of: "service", ["token": other?.stringValue ?? ""])
        fixture.store.settleObservations()
        #expect(
            try fixture.store.tokenServiceEvents(since: Timestamp(0)).map { "\($0.name) \($0.count)" } == [
                "introspected 1", "issued_to_service 2", "refused.unsupported_grant_type 1", "revoked 1",
            ], "but that it was is counted, and what was void is not")
        let refused = browser.userInfo("Bearer \(answer["access_token"]?.stringValue ?? "")")
        #expect(refused.error == "invalid_token", "userinfo knows users alone")
    }

    @Test func `it asks for less, for a resource, and for nothing that it isn't allowed`() throws {
        let answer = try post(
            .token, of: "service",
            ["grant_type": "client_credentials", "scope": "read admin", "resource": "https://api.example/"]
        ).json()
        #expect(answer["scope"] == "read")
        #expect(try claims(answer["access_token"])["aud"] == "https://api.example/")
        func refused(_ client: String, _ change: Change) -> String? {
            post(.token, of: client, ["grant_type": "client_credentials"].merging(change) { _, new in new }).error
        }
        #expect(refused("service", ["scope": "admin"]) == "invalid_scope")
        #expect(refused("service", ["scope": "openid"]) == "invalid_scope")
        #expect(refused("service", ["resource": "https://other.example/"]) == "invalid_target")
        #expect(refused("app", [:]) == "unauthorized_client")
        // However it came into the store: anybody can call themselves a public client.
        var client = try fixture.store.client(ClientID("service")).orThrow("no client")
        client.metadata.tokenEndpointAuthMethod = TokenEndpointAuthMethod.none
        try fixture.store.replace(client)
        #expect(refused("service", ["client_secret": nil]) == "unauthorized_client")
    }

    @Test func `a service's token has custom claims, and introspection those that are read there`() throws {
        for (name, source, destinations) in [
            ("tenant", .constant("acme"), nil), ("/x/a", .constant(1), [.accessToken]),
            ("/x/b", .constant(2), [.introspection]), ("nobody", .expression("user IS NULL"), nil),
            ("id", .expression("client ->> 'client_id'"), nil), ("broken", .expression("json('x')"), nil),
        ] as [(String, ClaimSource, Set<ClaimDestination>?)] {
            try fixture.store.add(
                CustomClaim(
                    id: ClaimID(name), name: try #require(ClaimName(name)), clientID: nil, source: source, scope: nil,
                    destinations: destinations, isRequired: true, createdAt: HandlerFixture.noon,
                    updatedAt: HandlerFixture.noon))
        }
        let token = try post(.token, of: "service", ["grant_type": "client_credentials"]).json()["access_token"]
        let access = try claims(token)
        #expect(access["tenant"] == "acme" && access["nobody"] == 1 && access["id"] == "service")
        #expect(access["x"] == ["a": 1] && access["broken"] == nil && access["sub"] == "service")
        #expect(fixture.logged.contains { $0.contains("a claim was left out") && $0.contains("claim=broken") })
        let seen = try introspect(token, by: "service")
        #expect(seen["x"] == ["a": 1, "b": 2] && seen["tenant"] == "acme" && seen["active"] == true)
    }

    @Test func `a service's token that would be too large is not issued`() throws {
        try fixture.store.add(
            CustomClaim(
                id: ClaimID("x"), name: try #require(ClaimName("x")), clientID: nil,
                source: .constant(.string(String(repeating: "a", count: 5500))), scope: nil, destinations: nil,
                isRequired: false, createdAt: HandlerFixture.noon, updatedAt: HandlerFixture.noon))
        #expect(post(.token, of: "service", ["grant_type": "client_credentials"]).error == "server_error")
    }

    // As with users: a name means the client's own role, or that of all, or a scope that is defined.
    @Test func `a service is granted what there is, and no role of another app`() throws {
        let roles = RoleAdministration(store: fixture.store)
        try fixture.add(
            "batch",
            metadata: [
                "grant_types": ["client_credentials"], "redirect_uris": [],
                "scope": "openid offline_access read clerk editor writer unheard-of",
            ])
        _ = try roles.add("clerk")
        _ = try roles.add("editor", of: try fixture.store.client(ClientID("batch")))
        _ = try roles.add("writer", of: try fixture.store.client(ClientID("app")))
        func granted(_ scope: String? = nil) throws -> JSON? {
            try post(.token, of: "batch", ["grant_type": "client_credentials", "scope": scope]).json()["scope"]
        }
        #expect(try granted() == "read clerk editor")
        #expect(try granted("writer editor") == "editor")
        for name in ["writer", "unheard-of"] {
            let refused = post(.token, of: "batch", ["grant_type": "client_credentials", "scope": name])
            #expect(refused.error == "invalid_scope")
        }
        _ = try roles.remove("clerk")
        _ = try fixture.store.removeScope(ScopeName("read"))
        #expect(try granted() == "editor", "what was removed is gone at the next request")
    }

    // Rules are about users: they neither give a service anything, nor take it.
    @Test func `what a service is granted its registration decides, and no rule`() throws {
        let fixture = try HandlerFixture(rules: [
            PolicyRule(name: "nobody", effect: .require, expression: "0"),
            PolicyRule(name: "some", scope: try Scope("granted"), effect: .grant, expression: "1"),
        ])
        try fixture.store.add(DefinedScope(ScopeName("read")))
        try fixture.add(
            "batch",
            metadata: ["grant_types": ["client_credentials"], "redirect_uris": [], "scope": "read granted"])
        let fields = [
            ("grant_type", "client_credentials"), ("client_id", "batch"), ("client_secret", "the secret of batch"),
        ]
        let response = fixture.respond(
            .token,
            Request(
                method: .post, handler: "token", body: Array(FormEncoding.encode(fields).utf8),
                headers: ["Content-Type": "application/x-www-form-urlencoded"]))
        #expect(try response.json()["scope"] == "read")
    }

    // MARK: Introspection and revocation

    @Test func `whom a token is for is told about it, and nobody else`() throws {
        let token = try post(
            .token, of: "service", ["grant_type": "client_credentials", "resource": "https://api.example/"]
        ).json()["access_token"]
        for reader in ["service", "api"] {
            let seen = try introspect(token, by: reader)
            #expect(seen["active"] == true, "\(reader)")
            #expect(seen["scope"] == "read write")
            #expect(seen["client_id"] == "service")
            #expect(seen["aud"] == "https://api.example/")
            #expect(seen["token_type"] == "Bearer")
        }
        #expect(try introspect(token, by: "other") == ["active": false])
    }

    // Tokens for no resource are for the issuer, and so for nobody's eyes but their client's.
    @Test func `a client that calls itself the issuer sees no more for that`() throws {
        try fixture.add(
            "https://login.example/oidc",
            metadata: ["served_resources": ["https://login.example/oidc"], "redirect_uris": ["https://x.example/"]])
        let token = try signIn()["access_token"]
        #expect(try introspect(token, by: "https://login.example/oidc") == ["active": false])
    }

    @Test func `a resource that the client lost gives no token for others`() throws {
        try fixture.add(
            "buyer",
            metadata: [
                "grant_types": ["authorization_code", "refresh_token"], "resources": ["https://api.example/"],
            ])
        let code = try browser.code(
            "buyer", ["scope": "openid offline_access", "resource": "https://api.example/"])
        let first = try browser.token(code, of: "buyer").json()
        var client = try fixture.store.client(ClientID("buyer")).orThrow("no client")
        client.metadata.resources = []
        try fixture.store.replace(client)
        #expect(refresh(first["refresh_token"], of: "buyer").error == "invalid_target")
    }

    @Test func `a client that must ask by now is given nothing without an answer`() throws {
        let first = try signIn()
        var client = try fixture.store.client(ClientID("offline")).orThrow("no client")
        client.isFirstParty = false
        try fixture.store.replace(client)
        #expect(refresh(first["refresh_token"]).error == "invalid_grant")
    }

    // Core §5.5: what is asked for by its name hangs on the scope that stands for it.
    @Test func `claims whose scope was taken away are given no more, also at userinfo`() throws {
        let code = try browser.code(
            "offline", ["scope": "openid offline_access", "claims": #"{"userinfo":{"email":null}}"#])
        let first = try browser.token(code, of: "offline").json()
        let before = browser.userInfo("Bearer \(first["access_token"]?.stringValue ?? "")")
        #expect(try before.json()["email"] == "ann@app.example")
        var client = try fixture.store.client(ClientID("offline")).orThrow("no client")
        client.metadata.scope = Scope(names: ["openid", "offline_access"])
        try fixture.store.replace(client)
        let second = try refresh(first["refresh_token"]).json()
        let after = browser.userInfo("Bearer \(second["access_token"]?.stringValue ?? "")")
        #expect(after.status == .ok)
        #expect(try after.json()["email"] == nil)
    }

    @Test func `a signed userinfo answer is no hint`() throws {
        try fixture.add("signed", metadata: ["userinfo_signed_response_alg": "RS256"])
        let token = try browser.token(try browser.code("signed"), of: "signed").json()["access_token"]
        let answer = browser.userInfo("Bearer \(token?.stringValue ?? "")").text
        #expect(browser.authorize("app", ["id_token_hint": answer, "prompt": "none"]).error == "invalid_request")
    }

    @Test func `a service runs no code flow`() throws {
        try fixture.add("batch", metadata: ["grant_types": ["client_credentials"], "scope": "read"])
        #expect(browser.authorize("batch").error == "unauthorized_client")
    }

    @Test func `a user's token is told with the user`() throws {
        let first = try signIn()
        let seen = try introspect(first["access_token"], by: "offline")
        #expect(seen["active"] == true)
        #expect(seen["username"] == "ann")
        #expect(seen["sub"] == "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11")
        let refresh = try introspect(first["refresh_token"], by: "offline")
        #expect(refresh["active"] == true)
        #expect(refresh["scope"] == "openid email offline_access")
        for token in [first["access_token"], first["refresh_token"], first["id_token"], "x", "x.y"] {
            #expect(try introspect(token, by: "other") == ["active": false])
        }
        #expect(try introspect(first["id_token"], by: "offline") == ["active": false])
    }

    // Core §5.4: `profile` stands for it, and nobody consented to that.
    @Test func `an app that asks for consent learns no user name by introspection`() throws {
        try fixture.add(
            "asking", isFirstParty: false, metadata: ["grant_types": ["authorization_code", "refresh_token"]])
        func seen(_ scope: String) throws -> [JSON] {
            let browser = HandlerBrowser(fixture)
            let code = try browser.code("asking", ["scope": scope, "prompt": "consent"])
            let tokens = try browser.token(code, of: "asking").json()
            return try ["access_token", "refresh_token"].map { try introspect(tokens[$0], by: "asking") }
        }
        for told in try seen("openid offline_access") {
            #expect(told["active"] == true && told["username"] == nil && told["name"] == nil)
        }
        for told in try seen("openid profile offline_access") { #expect(told["username"] == "ann") }
    }

    // Whoever takes the id of a client that was removed takes over none of its tokens.
    @Test func `a service's token ends with its client, whoever has the id next`() throws {
        let token = try post(.token, of: "service", ["grant_type": "client_credentials"]).json()["access_token"]
        var next = try fixture.store.client(ClientID("service")).orThrow("no client")
        _ = try fixture.store.removeClient(next.id)
        #expect(try introspect(token, by: "offline") == ["active": false])
        next = Client(
            id: next.id, metadata: next.metadata, sealedSecret: next.sealedSecret, preset: next.preset,
            isFirstParty: next.isFirstParty, createdAt: fixture.now + 60, updatedAt: fixture.now + 60)
        try fixture.store.add(next)
        #expect(try introspect(token, by: "service") == ["active": false])
        fixture.now = fixture.now + 60
        let own = try post(.token, of: "service", ["grant_type": "client_credentials"]).json()["access_token"]
        #expect(try introspect(own, by: "service")["active"] == true)
    }

    @Test func `what has ended is inactive`() throws {
        let first = try signIn()
        fixture.now = fixture.now + 3600
        #expect(try introspect(first["access_token"], by: "offline") == ["active": false])
        #expect(try introspect(first["refresh_token"], by: "offline")["active"] == true)
        let user = try fixture.store.user(named: Username("ann")).orThrow("no user")
        _ = try fixture.store.removeUser(user.id)
        #expect(try introspect(first["refresh_token"], by: "offline") == ["active": false])
    }

    @Test func `who may not ask is refused`() throws {
        try fixture.add("public", metadata: ["token_endpoint_auth_method": "none"])
        let token = try signIn()["access_token"]
        #expect(
            try post(.introspect, of: "public", ["token": token?.stringValue, "client_secret": nil]).json()
                == ["active": false])
        let code = try browser.code("public")
        let own = try browser.token(code, of: "public", ["client_secret": nil]).json()["access_token"]
        #expect(isGood(own))
        #expect(
            try post(.introspect, of: "public", ["token": own?.stringValue, "client_secret": nil]).json()
                == ["active": false], "of its own as well: anybody can call themselves it")
        let wrong = post(.introspect, of: "offline", ["token": token?.stringValue, "client_secret": "wrong"])
        #expect(wrong.status == .unauthorized)
        #expect(wrong.error == "invalid_client")
        #expect(post(.introspect, of: "offline", [:]).error == "invalid_request")
    }

    // RFC 7009 §2.1 and §2.2
    @Test func `a revoked access token is worthless, and alone`() throws {
        let first = try signIn()
        #expect(post(.revoke, of: "offline", ["token": first["access_token"]?.stringValue]).status == .ok)
        #expect(!isGood(first["access_token"]))
        #expect(try introspect(first["access_token"], by: "offline") == ["active": false])
        #expect(refresh(first["refresh_token"]).status == .ok)
    }

    @Test func `a revoked refresh token takes all with it`() throws {
        let first = try signIn()
        #expect(post(.revoke, of: "offline", ["token": first["refresh_token"]?.stringValue]).status == .ok)
        #expect(!isGood(first["access_token"]))
        #expect(refresh(first["refresh_token"]).error == "invalid_grant")
    }

    @Test func `another client revokes nothing, and what is unknown is no error`() throws {
        let first = try signIn()
        for token in [first["access_token"], first["refresh_token"]] {
            #expect(post(.revoke, of: "other", ["token": token?.stringValue]).error == "invalid_grant")
        }
        #expect(isGood(first["access_token"]))
        #expect(post(.revoke, of: "other", ["token": "unknown"]).status == .ok)
        #expect(post(.revoke, of: "other", [:]).error == "invalid_request")
    }

    // MARK: Formats

    @Test func `an opaque token says nothing, and serves as any other`() throws {
        try fixture.add("dark", metadata: ["access_token_format": "opaque"])
        let token = try browser.token(try browser.code("dark"), of: "dark").json()["access_token"]
        let text = token?.stringValue ?? ""
        #expect(!text.contains("."))
        #expect(isGood(token))
        #expect(try introspect(token, by: "dark")["active"] == true)
        #expect(try introspect(.string(text + "A"), by: "dark") == ["active": false])
        #expect(post(.revoke, of: "dark", ["token": text]).status == .ok)
        #expect(!isGood(token))
    }

    // OpenID Connect Core §5.3.2
    @Test func `userinfo is signed for a client that wants it`() throws {
        try fixture.add("signed", metadata: ["userinfo_signed_response_alg": "RS256"])
        let token = try browser.token(try browser.code("signed"), of: "signed").json()["access_token"]
        let response = browser.userInfo("Bearer \(token?.stringValue ?? "")")
        #expect(response[.contentType]?.text == "application/jwt")
        let jws = try UnverifiedJWS(response.text)
        let keys = try fixture.provider.keys.verificationKeys(from: fixture.store)
        let key = try keys[jws.keyID.orThrow("no kid")].orThrow("no key")
        let claims = try jws.verified(by: key, algorithm: .rs256, type: "JWT").claims()
        #expect(claims["iss"] == "https://login.example/oidc")
        #expect(claims["aud"] == "signed")
        #expect(claims["email"] == "ann@app.example")
    }
}
