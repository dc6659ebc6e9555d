import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect RP-Initiated Logout 1.0 §2 and §3.
struct LogoutRequestTests {
    private static let after = "https://app.example/bye"

    private let key: SigningKey
    private let hints: HintVerifier
    private let client: Client

    init() throws {
        key = try SigningKey.generate(.es256)
        hints = HintVerifier(keys: [key.keyID: key.publicKey], issuer: try .fixture())
        client = try .fixture(metadata: ["post_logout_redirect_uris": [.string(Self.after)]])
    }

    private func hint(_ change: [String: JSON?] = [:]) throws -> String {
        var claims: [String: JSON] = [
            "iss": .string(Issuer.text), "sub": .string(User.fixture().id.value), "aud": "app", "exp": 1, "iat": 0,
            "sid": .string(Session.fixture().sid(for: ClientID("app"))),
        ]
        for (name, value) in change { claims[name] = value }
        return try JWS.sign(header: IDToken.type, claims: .object(claims), key: key)
    }

    private func request(_ parameters: [String: String]) throws -> LogoutRequest {
        try LogoutRequest(Parameters(parameters), hints: hints)
    }

    private func validated(_ parameters: [String: String]) throws -> ValidatedLogoutRequest {
        try request(parameters).validated(for: client)
    }

    @Test func `a hint of this session proves what is meant, though it has expired`() throws {
        let logout = try validated(["id_token_hint": hint()])
        #expect(try logout.isProven(for: .fixture(), knowing: .fixture()))
        #expect(try request(["id_token_hint": hint()]).clientID == ClientID("app"))
    }

    @Test func `a hint of another session, user or app proves nothing`() throws {
        for change in [["sid": "other"], ["sid": nil], ["sub": "other"]] as [[String: JSON?]] {
            #expect(try !validated(["id_token_hint": hint(change)]).isProven(for: .fixture(), knowing: .fixture()))
        }
        #expect(try !validated(["client_id": "app"]).isProven(for: .fixture(), knowing: .fixture()))
        let other = try Client.fixture("other")
        let foreign = try request(["id_token_hint": hint(["aud": "other"])]).validated(for: other)
        #expect(
            try !foreign.isProven(for: .fixture(), knowing: .fixture()),
            "each app knows the session by a sid of its own")
    }

    @Test func `a hint of a pairwise client says what that client calls the user`() throws {
        let client = try Client.fixture(metadata: ["subject_type": "pairwise"])
        let subjects = try SubjectIdentifiers.fixture(client)
        func isProven(_ sub: String) throws -> Bool {
            try request(["id_token_hint": hint(["sub": .string(sub)])]).validated(for: client)
                .isProven(for: .fixture(), knowing: subjects)
        }
        #expect(try isProven(subjects.identifier(of: User.fixture().id).value))
        #expect(try !isProven(User.fixture().id.value))
    }

    @Test(arguments: ["a\r\nb", "a\u{202E}b"])
    func `a state that the page would change is refused`(state: String) throws {
        let error = #expect(throws: OAuthError.self) { try request(["client_id": "app", "state": state]) }
        #expect(error?.code == .invalidRequest)
    }

    // §2: "An error SHOULD NOT result if some or all of the requested locales are not supported".
    @Test func `languages are no error, however many`() throws {
        let many = String(repeating: "de ", count: 200)
        #expect(try request(["client_id": "app", "ui_locales": many]).uiLocales.isEmpty)
        #expect(try request(["client_id": "app", "ui_locales": "de en"]).uiLocales == ["de", "en"])
    }

    /// §4: "the information that failed to validate MUST NOT be used", and what needs it is not done; to be asked needs none of it.
    private func expectDoubt(
        _ parameters: [String: String], for client: Client?, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let more = ["post_logout_redirect_uri": Self.after, "state": "s"]
        let raw = try request(parameters.merging(more) { $1 })
        let logout = try raw.validated(for: client)
        #expect(logout.doubt?.code == .invalidRequest, sourceLocation: location)
        #expect(logout.client == nil && logout.destination == nil, sourceLocation: location)
        #expect(try !logout.isProven(for: .fixture(), knowing: .fixture()), sourceLocation: location)
        #expect(raw.ignoredURI == nil, "it isn't that nobody was named", sourceLocation: location)
    }

    @Test func `client_id and hint must agree`() throws {
        #expect(try validated(["id_token_hint": hint(), "client_id": "app"]).doubt == nil)
        try expectDoubt(["id_token_hint": hint(), "client_id": "other"], for: client)
    }

    @Test(arguments: [[:], ["client_id": "app"]])
    func `what is no hint of ours says nothing, nor does what comes with it`(more: [String: String]) throws {
        let stranger = try JWS.sign(header: IDToken.type, claims: [:], key: .generate(.es256))
        for text in ["x", stranger, try hint(["iss": "https://other.example"]), String(repeating: "a", count: 12_289)] {
            try expectDoubt(more.merging(["id_token_hint": text]) { $1 }, for: client)
        }
    }

    // §3: "MUST NOT perform post-logout redirection if the post_logout_redirect_uri value supplied does not exactly match"
    @Test(arguments: [
        "https://app.example/bye/", "https://app.example/Bye", "https://app.example/bye?a",
        "https://app.example:443/bye",
        "https://app.example/callback", "https://evil.example/",
    ])
    func `an address that isn't registered is a page`(uri: String) throws {
        #expect(throws: AuthorizationFailure.self) {
            try validated(["client_id": "app", "post_logout_redirect_uri": uri])
        }
    }

    // §2: without a hint the person is asked, whatever else comes; §3: nobody can vouch for the address.
    @Test(arguments: [[:], ["state": "s"]])
    func `without a client there is no way back, and no error`(more: [String: String]) throws {
        let raw = try request(more.merging(["post_logout_redirect_uri": Self.after, "ui_locales": "de"]) { $1 })
        let logout = try raw.validated(for: nil)
        #expect(logout.client == nil && logout.destination == nil)
        #expect(!logout.isProven(for: .fixture(), knowing: nil))
        #expect(raw.ignoredURI == Self.after)
        #expect(raw.fields.map(\.name) == ["ui_locales"], "what is ignored doesn't come again")
        let bare = try request(more)
        #expect(try bare.validated(for: nil).destination == nil && bare.ignoredURI == nil)
    }

    @Test func `a client that isn't there any more has no way back`() throws {
        try expectDoubt(["client_id": "gone"], for: nil)
        try expectDoubt(["id_token_hint": hint(["aud": "gone"])], for: nil)
    }

    @Test func `what a client's request says comes again`() throws {
        let raw = try request(["client_id": "app", "post_logout_redirect_uri": Self.after, "state": "s"])
        #expect(raw.ignoredURI == nil)
        #expect(raw.fields.map(\.name) == ["client_id", "post_logout_redirect_uri", "state"])
    }

    @Test func `the way back has the state as it came`() throws {
        let logout = try validated(["client_id": "app", "post_logout_redirect_uri": Self.after, "state": "a b&c"])
        #expect(logout.destination == "https://app.example/bye?state=a%20b%26c")
        #expect(
            try validated(["client_id": "app", "post_logout_redirect_uri": Self.after]).destination == Self.after)
        #expect(try validated(["client_id": "app", "state": "s"]).destination == nil)
    }
}
