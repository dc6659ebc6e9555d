import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

@Suite struct RefusalExplanationTests {
    let fixture: HandlerFixture

    init() throws { fixture = try HandlerFixture() }

    /// What `postern why` says of the answer to a request.
    private func explain(_ handler: HandlerName, _ request: Request) throws -> RefusalExplanation {
        _ = fixture.respond(handler, request)
        fixture.store.settleObservations()
        return try RefusalAdministration(store: fixture.store).explain(request.id)
    }

    private static let good = [
        "client_id": "app", "redirect_uri": "https://app.example/callback", "response_type": "code",
        "scope": "openid", "state": "s3cret-state",
    ]

    private func authorize(_ change: Change) throws -> RefusalExplanation {
        let fields = Self.good.changed(by: change).map { (name: $0.key, value: $0.value) }
        return try explain(
            .authorize, Request(handler: "authorize", query: FormEncoding.encode(fields), id: "3f9a1c2277de"))
    }

    @Test func `a service that asks for a scope that isn't there is told to look which is missing`() throws {
        try fixture.add(
            "batch", metadata: ["grant_types": ["client_credentials"], "redirect_uris": [], "scope": "read"])
        let explained = try token(
            ["grant_type": "client_credentials", "scope": "read"], basic: "batch:the secret of batch")
        #expect(explained.record.error == "invalid_scope")
        #expect(explained.differences.first?.contains("neither a scope nor a role") == true)
        #expect(explained.advice == ["see which are missing: postern client show batch"])
    }

    private func token(
        _ fields: [String: String], basic: String? = nil, id: String = "3f9a1c2277de"
    ) throws -> RefusalExplanation {
        let body = FormEncoding.encode(fields.map { (name: $0.key, value: $0.value) })
        let form = "application/x-www-form-urlencoded"
        let headers: KeyValuePairs<String, String> =
            if let basic {
                ["Content-Type": form, "Authorization": "Basic " + Base64.encode(Array(basic.utf8))]
            } else {
                ["Content-Type": form]
            }
        return try explain(
            .token,
            Request(
                method: .post, handler: "token", body: Array(body.utf8), id: id, headers: headers))
    }

    // Once the signature was right, its keys are not what to look at.
    @Test func `what is wrong with an assertion is the difference`() throws {
        let key = try SigningKey.generate(.es256)
        try fixture.add(
            "signs",
            metadata: [
                "token_endpoint_auth_method": "private_key_jwt", "jwks": ["keys": [key.publicKey.publicJWK]],
            ])
        func explained(_ change: [String: JSON] = [:], by signer: SigningKey, cut: Bool = false, id: String) throws
            -> RefusalExplanation
        {
            let good: [String: JSON] = [
                "iss": "signs", "sub": "signs", "aud": "https://login.example/oidc", "jti": "1",
                "exp": .integer((fixture.now + 60).seconds),
            ]
            let claims = JSON.object(good.merging(change) { $1 })
            let jwt = try JWS.sign(header: "JWT", claims: claims, key: signer)
            return try token(
                [
                    "grant_type": "refresh_token", "client_id": "signs",
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    "client_assertion": cut ? "x" + jwt : jwt,
                ], id: id)
        }
        let audience = try explained(["aud": "https://other.example/"], by: key, id: "000000000001")
        #expect(audience.differences.first?.hasPrefix("aud of client_assertion") == true)
        #expect(audience.advice.first?.contains("aud is the issuer alone") == true)
        let late = try explained(["exp": .integer((fixture.now + 86_400).seconds)], by: key, id: "000000000002")
        #expect(late.differences.first?.hasPrefix("exp of client_assertion is too far ahead") == true)
        let forged = try explained(by: .generate(.es256), id: "000000000003")
        #expect(forged.differences == ["the client's assertion is not signed by a key and alg that it may use"])
        #expect(forged.advice.first?.contains("postern client show signs") == true)
        let cut = try explained(by: key, cut: true, id: "000000000004")
        #expect(cut.differences == ["client_assertion is no JWT in compact form"])
        #expect(
            try token(["grant_type": "refresh_token", "client_id": "signs"], id: "000000000005").differences == [
                "no client_assertion came"
            ]
        )
    }

    @Test func `a redirect URI is compared with the nearest one that is registered`() throws {
        let explained = try authorize(["redirect_uri": "https://app.example/callback/"])
        #expect(explained.record.endpoint == "authorize" && explained.record.error == "invalid_request")
        #expect(explained.expected == ["https://app.example/callback  (registered now)"])
        #expect(explained.differences == ["differs at the end: a slash too many"])
        #expect(
            explained.advice.last?.hasSuffix(
                "postern client set app --add-redirect-uri https://app.example/callback/") ?? false)
    }

    @Test func `a redirect URI that isn't written down whole is not in a command`() throws {
        let explained = try authorize(["redirect_uri": "https://app.example/callback?token=s3cret"])
        #expect(explained.advice.last?.hasSuffix("--add-redirect-uri URI") ?? false)
        #expect(!explained.json.text.contains("s3cret"))
        #expect(explained.differences == ["has a query, and none is registered"])
    }

    @Test func `what a command quotes can't become another`() throws {
        let explained = try authorize(["redirect_uri": "https://app.example/callback';reboot;'"])
        #expect(
            explained.advice.last?.hasSuffix(#"--add-redirect-uri 'https://app.example/callback'\'';reboot;'\'''"#)
                ?? false)
    }

    @Test func `an unknown client's id is compared with those that are registered`() throws {
        let explained = try authorize(["client_id": "appp"])
        #expect(explained.differences == ["the nearest id that is registered now: app"])
        #expect(try authorize(["client_id": "something else"]).record.detail == .unknownClient)
    }

    @Test func `a scope is compared with what the client may have`() throws {
        let request = RefusedRequest(
            method: "GET", fields: [("client_id", "app"), ("scope", "openid clerk emial")], authorization: nil)
        let record = RefusalRecord(
            id: RefusalID("3f9a1c2277de"), at: HandlerFixture.noon, endpoint: "authorize", error: "invalid_scope",
            text: "a text", request: request, detail: .scope(.nothingAllowed))
        let explained = RefusalExplanation(
            record, client: try fixture.store.client(ClientID("app")), clientIDs: ["app"])
        #expect(
            explained.differences == ["clerk is not allowed now.", "emial is not allowed now. Did you mean \"email\"?"])
    }

    @Test func `a parameter that is misspelled is found`() throws {
        let explained = try authorize(["redirect_uri": nil, "redirect_url": "https://app.example/callback"])
        #expect(explained.differences.first == "redirect_uri was absent")
        #expect(explained.differences.last?.contains("redirect_url") ?? false)
    }

    @Test(arguments: [
        ("app:wrong", RefusalDetail.CredentialFault.mismatch), ("posts:the secret of posts", .otherMethod),
        ("public:x", .unexpected),
    ])
    func `a client's authentication is compared with its registration`(
        basic: String, fault: RefusalDetail.CredentialFault
    ) throws {
        try fixture.add("posts", metadata: ["token_endpoint_auth_method": "client_secret_post"])
        try fixture.add("public", metadata: ["token_endpoint_auth_method": "none"])
        let explained = try token(["grant_type": "authorization_code", "code": "s3cret-code"], basic: basic)
        guard case .clientAuthentication(fault, _) = explained.record.detail else {
            Issue.record("\(String(describing: explained.record.detail))")
            return
        }
        #expect(explained.record.request.authenticationMethod == "client_secret_basic")
        #expect(!explained.advice.isEmpty && !explained.json.text.contains("secret of"))
        #expect(!explained.json.text.contains("s3cret"))
    }

    @Test func `an unknown id is told where else to look`() throws {
        let administration = RefusalAdministration(store: fixture.store)
        let missing = #expect(throws: AdministrationError.self) { try administration.explain("3f9a-1c22-77de") }
        #expect(missing?.kind == .missing)
        #expect(missing?.description.contains("3f9a1c2277de") ?? false)
        #expect(throws: AdministrationError.self) { try administration.explain("nonsense") }
    }

    @Test func `what was answered in a handler's place is recorded too`() throws {
        let head = Request(method: Method(rawValue: "S3CRET"), handler: "token", id: "AAAABBBBCCCC").head
        let record = RefusalRecord(.failed(.methodNotAllowed(allowed: [.post]), head), at: HandlerFixture.noon)
        #expect(record?.id == RefusalID("aaaabbbbcccc") && record?.endpoint == "token")
        #expect(!(record?.content.text.contains("S3CRET") ?? true))
        #expect(RefusalRecord(.draining(openConnections: 1), at: HandlerFixture.noon) == nil)
    }

    @Test func `a store that takes no refusal changes no answer`() throws {
        let request = Request(handler: "authorize", query: "client_id=nobody", id: "3f9a1c2277de")
        let before = fixture.respond(.authorize, request)
        fixture.store.settleObservations()
        fixture.database.close()
        let after = fixture.respond(.authorize, request)
        #expect(after.status == before.status && after.body == before.body)
    }
}
