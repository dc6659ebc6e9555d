import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// RFC 7591 §3, OpenID Connect Registration §3.
struct RegisterHandlerTests {
    private let fixture: HandlerFixture
    private let token: String

    init() throws {
        fixture = try HandlerFixture()
        token = try fixture.issue()
    }

    @Test func `an app registers itself, and is told all that it needs`() throws {
        let response = fixture.register(["client_name": "Orders"], by: token)
        #expect(response.status == .created)
        #expect(response[.cacheControl]?.text == "no-store")
        let answer = try response.json()
        let id = try #require(answer["client_id"]?.stringValue)
        #expect(answer["client_name"] == "Orders")
        #expect(answer["client_id_issued_at"] == .integer(HandlerFixture.noon.seconds))
        #expect(answer["client_secret_expires_at"] == 0)
        #expect(answer["client_secret"]?.stringValue?.count == 43)
        #expect(
            answer["registration_client_uri"]?.stringValue?.hasPrefix("https://login.example/oidc/register/") == true)
        #expect(answer["preset"] == nil && answer["first_party"] == nil)
        let client = try #require(try fixture.store.client(ClientID(id)))
        #expect(client.preset == .mendix && client.isFirstParty)
    }

    @Test func `an id and a secret of its own are kept as they are`() throws {
        let id = "a:b%20/\"?"
        let answer = try fixture.register(
            ["client_id": .string(id), "client_secret": "sixteen or more."], by: token
        ).json()
        #expect(answer["client_id"]?.stringValue == id && answer["client_secret"] == "sixteen or more.")
        let client = try #require(try fixture.store.client(ClientID(id)))
        #expect(try fixture.provider.secrets.secret(of: client)?.matches("sixteen or more.") == true)
    }

    @Test func `what only an administrator says is not taken from the app`() throws {
        let answer = try fixture.register(
            ["client_id": "orders", "preset": "standard", "first_party": true],
            by: try fixture.issue(RegistrationPermit(preset: .mendix, isFirstParty: false))
        ).json()
        #expect(answer["client_id"] == "orders")
        let client = try #require(try fixture.store.client(ClientID("orders")))
        #expect(client.preset == .mendix && !client.isFirstParty)
    }

    @Test func `an app that names no scope is given what its token permits`() throws {
        let narrow = try fixture.issue(RegistrationPermit(scope: Scope(names: ["openid", "email", "reports"])))
        let answer = try fixture.register(["client_name": "Orders"], by: narrow).json()
        #expect(answer["scope"] == "openid email", "of the default, that is, and no more")
        let uri = String(try #require(answer["registration_client_uri"]?.stringValue?.split(separator: "/").last))
        let access = try #require(answer["registration_access_token"]?.stringValue)
        let changed = fixture.configure(
            .put, uri, by: access,
            ["client_id": answer["client_id"] ?? .null, "redirect_uris": ["https://app.example/callback"]])
        #expect(try changed.json()["scope"] == "openid email", "and when it names none later")
        let asks = try fixture.register(
            ["scope": "openid profile"], by: fixture.issue(RegistrationPermit(scope: Scope(names: ["openid"])))
        )
        #expect(asks.error == "invalid_client_metadata", "what it names itself is refused, not narrowed")
    }

    @Test(
        arguments: [
            (["redirect_uris": nil], "redirect_uris", "invalid_redirect_uri"),
            (["redirect_uris": "https://app.example/"], "redirect_uris", "invalid_client_metadata"),
            (["redirect_uris": ["javascript:alert(1)"]], "redirect_uris", "invalid_redirect_uri"),
            (["redirect_uris": ["data:text/html,x"]], "redirect_uris", "invalid_redirect_uri"),
            (["redirect_uris": ["http://app.example/"]], "redirect_uris", "invalid_redirect_uri"),
            (["redirect_uris": ["https://app.example/#x"]], "redirect_uris", "invalid_redirect_uri"),
            (["redirect_uris": ["https://*.example/"]], "redirect_uris", "invalid_redirect_uri"),
            (["redirect_uris": ["https://a@app.example/"]], "redirect_uris", "invalid_redirect_uri"),
            (["redirect_uris": ["https://bücher.example/"]], "redirect_uris", "invalid_redirect_uri"),
            (["redirect_uris": ["https://App.example/"]], "redirect_uris", "invalid_redirect_uri"),
            (["redirect_uris": ["com.example.app:/x"]], "redirect_uris", "invalid_redirect_uri"),
            (["client_id": "app"], "client_id", "invalid_client_metadata"),
            (["client_id": "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11"], "client_id", "invalid_client_metadata"),
            (["client_id": .string(String(repeating: "x", count: 256))], "client_id", "invalid_client_metadata"),
            (["client_id": "a\u{1}b"], "client_id", "invalid_client_metadata"),
            (["client_id": 7], "client_id", "invalid_client_metadata"),
            (["client_secret": "short"], "client_secret", "invalid_client_metadata"),
            (
                ["client_secret": .string(String(repeating: "x", count: 256))], "client_secret",
                "invalid_client_metadata"
            ),
            (["scope": "openid clerk"], "scope", "invalid_client_metadata"),
            (["scope": "postern:admin"], "scope", "invalid_client_metadata"),
            (["grant_types": ["client_credentials"]], "grant_types", "invalid_client_metadata"),
            (["grant_types": ["implicit"]], "grant_types", "invalid_client_metadata"),
            (["response_types": ["token"]], "response_types", "invalid_client_metadata"),
            (["jwks_uri": "http://app.example/jwks"], "jwks_uri", "invalid_client_metadata"),
            (
                ["id_token_encrypted_response_alg": "RSA-OAEP"], "id_token_encrypted_response_alg",
                "invalid_client_metadata"
            ),
            (["require_signed_request_object": true], "require_signed_request_object", "invalid_client_metadata"),
            (["request_object_signing_alg": "none"], "request_object_signing_alg", "invalid_client_metadata"),
            (["request_uris": ["http://app.example/request"]], "request_uris", "invalid_client_metadata"),
            (["dpop_bound_access_tokens": true], "dpop_bound_access_tokens", "invalid_client_metadata"),
            (
                ["frontchannel_logout_uri": "https://other.example/"], "frontchannel_logout_uri",
                "invalid_client_metadata"
            ),
            (["backchannel_logout_uri": "http://app.example/"], "backchannel_logout_uri", "invalid_client_metadata"),
            (["alias": "a b"], "alias", "invalid_client_metadata"),
        ] as [([String: JSON?], String, String)])
    func `faulty metadata is refused by its member, and nothing changes`(
        change: [String: JSON?], member: String, error: String
    ) throws {
        let before = try fixture.rows()
        let response = fixture.register(change, by: token)
        #expect(response.status == .badRequest)
        #expect(response.error == error)
        let description = try #require(try response.json()["error_description"]?.stringValue)
        #expect(description.hasPrefix(member + " ") && description.hasSuffix("(refusal 000000000000)"))
        #expect(try fixture.rows() == before)
        #expect(fixture.register([:], by: token).status == .created, "and the token still serves")
    }

    @Test(
        arguments: [
            ("{", "is not well-formed JSON"), ("[]", "must be a JSON object"), ("", "is not well-formed JSON"),
            (#"{"a":1,"a":2}"#, #"has two members "a"; keep one"#),
            (String(repeating: "[", count: 40), "is nested deeper"),
            ("{\"a\":\"\u{0}\"}", "is not well-formed JSON"),
        ])
    func `a body that is no metadata is refused`(body: String, words: String) throws {
        let response = fixture.register(body: Array(body.utf8), by: token)
        #expect(response.error == "invalid_client_metadata")
        #expect(try response.json()["error_description"]?.stringValue?.contains(words) == true)
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", ""])
    func `a body of another type is refused`(contentType: String) {
        let response = fixture.register(body: Array("{}".utf8), by: token, contentType: contentType)
        #expect(response.error == "invalid_client_metadata")
    }

    @Test func `a one-time token serves once`() throws {
        #expect(fixture.register([:], by: token).status == .created)
        let before = try fixture.rows()
        let second = fixture.register([:], by: token)
        #expect(second.status == .unauthorized && second.error == "invalid_token")
        #expect(second[.wwwAuthenticate]?.text.contains("error=\"invalid_token\"") == true)
        #expect(try fixture.rows() == before)
    }

    @Test func `who comes second at the same moment is refused`() throws {
        let fixture = fixture
        let token = token
        fixture.beforeWriting { #expect(fixture.register([:], by: token).status == .created) }
        let second = fixture.register([:], by: token)
        #expect(second.status == .unauthorized && second.error == "invalid_token")
    }

    @Test func `who takes the id at the same moment has it`() throws {
        let fixture = fixture
        fixture.beforeWriting { try fixture.add("wanted") }
        let second = fixture.register(["client_id": "wanted"], by: token)
        #expect(second.error == "invalid_client_metadata")
        #expect(
            try fixture.store.client(ClientID("wanted"))?.metadata.redirectURIs.first?.value
                == "https://wanted.example/callback")
        #expect(fixture.register([:], by: token).status == .created)
    }

    @Test(arguments: [600, -1] as [Int64])
    func `a token serves for its time`(seconds: Int64) throws {
        fixture.now = fixture.now + seconds
        let before = try fixture.rows()
        #expect(fixture.register([:], by: token).error == "invalid_token")
        #expect(try fixture.rows() == before)
    }

    @Test func `a token for several serves so many`() throws {
        let token = try fixture.issue(uses: 3)
        for _ in 0..<3 { #expect(fixture.register([:], by: token).status == .created) }
        #expect(fixture.register([:], by: token).error == "invalid_token")
    }

    @Test func `ten refusals in a row end a token, and a success forgets them`() throws {
        let token = try fixture.issue(uses: 2)
        for _ in 0..<9 { #expect(fixture.register(["client_id": "app"], by: token).status == .badRequest) }
        #expect(fixture.register([:], by: token).status == .created)
        for _ in 0..<10 { #expect(fixture.register(["client_id": "app"], by: token).status == .badRequest) }
        #expect(fixture.register([:], by: token).error == "invalid_token")
    }

    @Test(arguments: [nil, "Basic YTpi", "Bearer", "Bearer unknown", "Bearer a b", "Bearer \u{FFFD}"])
    func `without a token of ours nothing is registered`(authorization: String?) throws {
        let before = try fixture.rows()
        let response = fixture.register(body: Array(RegistrationRequest.good.utf8), authorization: authorization)
        #expect([.unauthorized, .badRequest].contains(response.status))
        #expect(response[.wwwAuthenticate]?.text.hasPrefix("Bearer realm=\"registration\"") == true)
        #expect(try fixture.rows() == before)
    }

    @Test func `a token of another purpose opens nothing`() throws {
        let answer = try fixture.register([:], by: token).json()
        let own = try #require(answer["registration_access_token"]?.stringValue)
        #expect(fixture.register([:], by: own).error == "invalid_token")
    }

    // RFC 7591 §3.2.2: "Human-readable ASCII text description".
    @Test func `what was wrong is told in ASCII`() throws {
        let answer = try fixture.register(["contacts": ["é😀"]], by: token).json()
        let description = try #require(answer["error_description"]?.stringValue)
        #expect(description.hasPrefix(#"contacts has "\u00e9\ud83d\ude00"; each must be"#))
        #expect(description.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    }

    @Test func `what a token permits binds`() throws {
        let permit = RegistrationPermit(redirectHosts: ["app.example"].compactMap(RedirectHost.init))
        let token = try fixture.issue(permit)
        let elsewhere = fixture.register(["redirect_uris": ["https://evil.example/"]], by: token)
        #expect(elsewhere.error == "invalid_redirect_uri")
        #expect(fixture.register(["redirect_uris": ["https://app.example/"]], by: token).status == .created)
    }

    @Test func `open registration is for those who ask their users, and not for many at once`() throws {
        var settings = RegistrationSettings()
        settings.open = .open
        let fixture = try HandlerFixture(registration: settings)
        let answer = try fixture.register(["client_id": "first"], by: nil).json()
        #expect(answer["client_id"] == "first")
        let client = try #require(try fixture.store.client(ClientID("first")))
        #expect(!client.isFirstParty && client.preset == .standard)
        for _ in 0..<10 { _ = fixture.register([:], by: nil) }
        let next = fixture.register([:], by: nil)
        #expect(next.status == .tooManyRequests && next[.retryAfter] != nil)
        #expect(fixture.register([:], by: "unknown").status == .unauthorized, "and a bad token isn't as good as none")
    }

    @Test(arguments: ["jwks_uri", "backchannel_logout_uri", "logo_uri", "request_uris"])
    func `nobody is called at an address that isn't allowed, so none is registered`(member: String) throws {
        func metadata(_ host: String) -> [String: JSON?] {
            let uri = JSON.string("https://\(host)/x")
            return [
                "token_endpoint_auth_method": member == "jwks_uri" ? "private_key_jwt" : nil,
                member: member == "request_uris" ? [uri] : uri,
            ]
        }
        let before = try fixture.rows()
        let refused = fixture.register(metadata("10.0.0.1"), by: token)
        #expect(refused.error == "invalid_client_metadata")
        #expect(
            try refused.json()["error_description"]?.stringValue?.contains("\(member) is \"https://10.0.0.1/x\"")
                == true)
        #expect(try fixture.rows() == before)
        #expect(fixture.register(metadata("app.example"), by: token).status == .created)
    }

    @Test func `a refusal is explained without its values`() throws {
        _ = fixture.register(["redirect_uris": ["https://app.example/?secret#x"]], by: token)
        fixture.store.settleObservations()
        let record = try #require(try fixture.store.refusal(RefusalID("000000000000")))
        #expect(record.detail == .clientMetadata("redirect_uris"))
        #expect(!fixture.logged.joined().contains("secret#x"))
        #expect(!fixture.logged.joined().contains(token))
    }
}
