import JOSE
import Testing

@testable import OIDCLogic

/// RFC 6749 §2.3, §3.2.1 and §5.2, OpenID Connect Core §9.
struct ClientAuthenticationTests {
    private static let encodedSecret = "correct+horse%20battery+staple%3A+%C3%BC"

    private static func basic(_ id: String, _ secret: String) -> String {
        "Basic " + Base64.encode("\(id):\(secret)".utf8)
    }

    /// What came of it: the client's id, or the error.
    private func authenticate(
        _ fields: [String: String], authorization: String? = nil, as client: Client?
    ) throws -> Result<ClientID, OAuthError> {
        let rules = try ClientProofRules.fixture()
        do {
            let credentials = try ClientCredentials(Parameters(fields), authorization: authorization)
            return .success(try credentials.authenticate(client, by: rules).client.id)
        } catch let error as OAuthError {
            return .failure(error)
        }
    }

    private func error(
        _ fields: [String: String], authorization: String? = nil, as client: Client?
    ) throws -> OAuthError? {
        if case .failure(let error) = try authenticate(fields, authorization: authorization, as: client) {
            error
        } else {
            nil
        }
    }

    // RFC 6749 §2.3.1: id and secret are form-encoded; many send them as they are.
    @Test(arguments: [
        basic("app", encodedSecret), basic("app", Client.secret),
        basic("app", encodedSecret).replacingPrefix("Basic", by: "bAsIc"),
    ])
    func `client_secret_basic, form-encoded or not`(authorization: String) throws {
        #expect(try error([:], authorization: authorization, as: .fixture()) == nil)
        #expect(try error(["client_id": "app"], authorization: authorization, as: .fixture()) == nil)
    }

    @Test func `a secret with a plus or a percent sign is taken both ways`() throws {
        for (secret, encoded) in [("a+b%41c/0123456789", "a%2Bb%2541c%2F0123456789"), ("100%", "100%25")] {
            var client = try Client.fixture()
            client.sealedSecret = ClientSecret(secret).sealed(for: client.id, by: try .fixture())
            #expect(try error([:], authorization: Self.basic("app", encoded), as: client) == nil)
            #expect(try error([:], authorization: Self.basic("app", secret), as: client) == nil)
        }
    }

    @Test func `an id with a colon is form-encoded`() throws {
        let client = try Client.fixture("urn:app")
        #expect(try error([:], authorization: Self.basic("urn%3Aapp", Self.encodedSecret), as: client) == nil)
        let raw = try ClientCredentials(Parameters([:]), authorization: Self.basic("urn:app", "x"))
        #expect(raw.clientIDs.last == ClientID("urn"), "the first colon ends the id")
    }

    @Test func `an id that looks form-encoded is looked for both ways`() throws {
        let credentials = try ClientCredentials(Parameters([:]), authorization: Self.basic("a%2Fb", "x"))
        #expect(credentials.clientIDs == [ClientID("a/b"), ClientID("a%2Fb")])
        #expect(try error([:], authorization: Self.basic("a%2Fb", Self.encodedSecret), as: .fixture("a%2Fb")) == nil)
    }

    @Test func `client_secret_post`() throws {
        #expect(try error(["client_id": "app", "client_secret": Client.secret], as: .fixture()) == nil)
    }

    @Test(arguments: [
        "", "correct horse battery staple: u\u{308}", Client.secret + " ", String(Client.secret.dropLast()),
        Client.secret + "\u{0}", encodedSecret,
    ])
    func `a wrong secret is invalid_client`(secret: String) throws {
        let posted = try error(["client_id": "app", "client_secret": secret], as: .fixture())
        #expect(posted?.code == .invalidClient)
        guard !secret.utf8.elementsEqual(Self.encodedSecret.utf8) else { return }
        let sent = try error([:], authorization: Self.basic("app", secret), as: .fixture())
        #expect(sent?.code == .invalidClient)
    }

    // Whether a client of that name exists is nobody's business.
    @Test func `an unknown client and a wrong secret get the same answer`() throws {
        let fields = ["client_id": "app", "client_secret": "wrong"]
        let wrong = try #require(try error(fields, as: .fixture()))
        for client in [nil, try Client.fixture("other")] {
            let unknown = try #require(try error(fields, as: client))
            #expect(unknown.code == wrong.code)
            #expect("\(unknown.text)" == "\(wrong.text)")
        }
    }

    // RFC 6749 §2.3: "The client MUST NOT use more than one authentication method in each request."
    @Test func `both methods at once are invalid_request`() throws {
        let both = try error(
            ["client_id": "app", "client_secret": Client.secret],
            authorization: Self.basic("app", Self.encodedSecret), as: .fixture())
        #expect(both?.code == .invalidRequest)
    }

    @Test func `another client_id in the body than in the header is invalid_request`() throws {
        let two = try error(
            ["client_id": "other"], authorization: Self.basic("app", Self.encodedSecret), as: .fixture())
        #expect(two?.code == .invalidRequest)
    }

    @Test(arguments: ["client_id", "client_secret"])
    func `a parameter sent twice is invalid_request`(name: String) throws {
        let fields = ["client_id": "app", "client_secret": Client.secret]
        let twice = Parameters(fields, repeating: name, as: fields[name] ?? "")
        let error = #expect(throws: OAuthError.self) { try ClientCredentials(twice, authorization: nil) }
        #expect(error?.code == .invalidRequest)
    }

    @Test(arguments: [
        "Basic", "Basic ", "Basic !!!!", "Basic " + Base64.encode("no colon".utf8), "Bearer abc", "Digest a=b", "",
        "Basic " + Base64.encode([0xFF, 0x3A, 0x41]), "Basic " + Base64.encode([0x41, 0x3A, 0xFF]),
        basic("app", "a") + ", " + basic("app", "b"), basic("app", String(repeating: "a", count: 3000)),
    ])
    func `a broken Authorization header is invalid_client`(header: String) throws {
        let error = #expect(throws: OAuthError.self) { try ClientCredentials(Parameters([:]), authorization: header) }
        #expect(error?.code == .invalidClient)
    }

    // RFC 6749 §5.2: "no client authentication included"
    @Test func `nobody at all is invalid_client`() throws {
        #expect(try error([:], as: nil)?.code == .invalidClient)
        #expect(try error(["client_id": "app"], as: .fixture())?.code == .invalidClient)
        #expect(try error(["client_id": "app", "client_secret": ""], as: .fixture())?.code == .invalidClient)
    }

    @Test func `a secret and an assertion at once are invalid_request`() throws {
        let assertion = ["client_assertion": "a.b.c", "client_assertion_type": ClientAssertion.type]
        let header = Self.basic("app", Self.encodedSecret)
        let posted = assertion.merging(["client_id": "app", "client_secret": Client.secret]) { _, new in new }
        #expect(try error(posted, as: .fixture())?.code == .invalidRequest)
        #expect(try error(assertion, authorization: header, as: .fixture())?.code == .invalidRequest)
        #expect(try error(["client_id": "app", "client_assertion_type": "x"], as: .fixture())?.code == .invalidRequest)
    }

    // OpenID Connect Registration §2, token_endpoint_auth_method
    @Test func `a client that registered a method uses that one`() throws {
        let post = ["client_id": "app", "client_secret": Client.secret]
        let header = Self.basic("app", Self.encodedSecret)
        let basicOnly = try Client.fixture(metadata: ["token_endpoint_auth_method": "client_secret_basic"])
        let postOnly = try Client.fixture(metadata: ["token_endpoint_auth_method": "client_secret_post"])
        #expect(try error([:], authorization: header, as: basicOnly) == nil)
        #expect(try error(post, as: basicOnly)?.code == .invalidClient)
        #expect(try error(post, as: postOnly) == nil)
        #expect(try error([:], authorization: header, as: postOnly)?.code == .invalidClient)
    }

    // RFC 6749 §3.2.1
    @Test func `a public client says who it is, and no more`() throws {
        #expect(try error(["client_id": "app"], as: .native()) == nil)
        #expect(try error(["client_id": "app", "client_secret": "x"], as: .native())?.code == .invalidClient)
        #expect(try error([:], authorization: Self.basic("app", ""), as: .native())?.code == .invalidClient)
    }

    @Test func `a confidential client whose secret is gone isn't a public one`() throws {
        var client = try Client.fixture()
        client.sealedSecret = nil
        #expect(try error(["client_id": "app"], as: client)?.code == .invalidClient)
        #expect(try error(["client_id": "app", "client_secret": Client.secret], as: client)?.code == .invalidClient)
    }

    // An error of ours never looks like one of the client's.
    @Test func `a secret that can't be unsealed is server_error`() throws {
        var client = try Client.fixture()
        client.sealedSecret = ClientSecret(Client.secret).sealed(for: ClientID("other"), by: try .fixture())
        #expect(try error(["client_id": "app", "client_secret": Client.secret], as: client)?.code == .serverError)
        client.sealedSecret = ClientSecret(Client.secret).sealed(for: client.id, by: try .fixture(2))
        #expect(try error(["client_id": "app", "client_secret": Client.secret], as: client)?.code == .serverError)
    }

    @Test func `a refusal's cause names no secret`() throws {
        let error = try #require(try error([:], authorization: Self.basic("app", "hunter2hunter2"), as: .fixture()))
        #expect(!"\(error.cause ?? "") \(error.text)".contains("hunter2"))
        let credentials = try ClientCredentials(Parameters([:]), authorization: Self.basic("app", "hunter2hunter2"))
        #expect(!"\(credentials)".contains("hunter2"))
        #expect(!String(reflecting: credentials).contains("hunter2"))
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String, by other: String) -> String {
        other + dropFirst(prefix.count)
    }
}
