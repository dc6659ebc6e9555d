import JOSE
import Testing

@testable import OIDCLogic

struct ApprovalTests {
    private static func waiting(_ metadata: [String: JSON] = [:]) throws -> Client {
        let client = try Client.fixture(metadata: metadata)
        return Client(
            id: client.id, metadata: client.metadata, sealedSecret: client.sealedSecret, preset: client.preset,
            isFirstParty: true, approval: .awaited, createdAt: client.createdAt, updatedAt: client.updatedAt)
    }

    @Test func `a client that waits is led to by nothing`() throws {
        var client = try Self.waiting()
        let fields = [
            "client_id": "app", "redirect_uri": Client.redirectURI, "response_type": "code", "scope": "openid",
        ]
        let request = try AuthorizationRequest(Parameters(fields))
        let hints = try HintVerifier.fixture()
        let objects = try RequestObjectRules.fixture()
        func refusal() throws -> OAuthError? {
            do throws(AuthorizationFailure) {
                _ = try request.validated(for: client, hints: hints, objects: objects)
                return nil
            } catch {
                guard case .page(.awaitedApproval, let error) = error else { throw error }
                return error
            }
        }
        let refused = try refusal()
        #expect(refused?.code == .unauthorizedClient && refused?.detail == .awaitedApproval)
        client.approve()
        #expect(try refusal()?.code == nil && client.next.approval == .given)
    }

    @Test func `nor after a sign-out`() throws {
        var client = try Self.waiting(["post_logout_redirect_uris": ["https://app.example/bye"]])
        let request = try LogoutRequest(
            Parameters(["client_id": "app", "post_logout_redirect_uri": "https://app.example/bye"]), hints: .fixture())
        #expect(throws: AuthorizationFailure.self) { try request.validated(for: client) }
        client.approve()
        #expect(try request.validated(for: client).destination == "https://app.example/bye")
    }

    @Test func `it proves itself nowhere, and who guesses isn't told that it waits`() throws {
        func code(_ secret: String) throws -> OAuthError.Code? {
            let credentials = try ClientCredentials(
                Parameters(["client_id": "app", "client_secret": secret]), authorization: nil)
            do {
                _ = try credentials.authenticate(Self.waiting(), by: .fixture())
                return nil
            } catch let error as OAuthError {
                return error.code
            }
        }
        #expect(try code(Client.secret) == .unauthorizedClient)
        #expect(try code("wrong") == .invalidClient)
    }

    @Test(
        arguments: [
            ["redirect_uris": [.string(Client.redirectURI), "https://evil.example/"]],
            ["redirect_uris": ["https://app.example/other"]], ["client_name": "Payroll"], ["scope": "openid email"],
            ["post_logout_redirect_uris": ["https://evil.example/"]],
            ["initiate_login_uri": "https://evil.example/"], ["client_uri": "https://evil.example/"],
            ["logo_uri": "https://evil.example/"], ["policy_uri": "https://evil.example/"],
            ["tos_uri": "https://evil.example/"], ["alias": "payroll"], ["groups_claim": "groups"],
            ["application_type": "native"],
            ["grant_types": ["authorization_code", "client_credentials"]], ["resources": ["https://api.example/"]],
            ["served_resources": ["https://api.example/"]],
            ["backchannel_logout_uri": "https://evil.example/"],
            ["frontchannel_logout_uri": "https://app.example/front"],
            ["token_endpoint_auth_method": "none"], ["jwks_uri": "https://evil.example/jwks"],
        ] as [[String: JSON]])
    func `what was approved gets nothing more by itself`(change: [String: JSON]) throws {
        let approved = ApprovedMetadata(try .fixture(["scope": "openid"]))
        let next = try ClientMetadata.fixture(["scope": "openid"].merging(change) { $1 })
        #expect(throws: ClientMetadataError.self) { try approved.check(next) }
    }

    @Test func `it may have less, and change the rest`() throws {
        let full = try ClientMetadata.fixture([
            "redirect_uris": [.string(Client.redirectURI), "https://app.example/2"], "scope": "openid email",
            "logo_uri": "https://app.example/logo", "groups_claim": "groups",
        ])
        let less = try ClientMetadata.fixture([
            "scope": "openid", "contacts": ["ann@app.example"], "token_endpoint_auth_method": "client_secret_post",
            "software_version": "2",
        ])
        try ApprovedMetadata(full).check(less)
        try ApprovedMetadata(full).check(full)
    }

    @Test func `how it proves who it is gets no weaker`() throws {
        let keys: JSON = [
            "keys": [
                [
                    "kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
                ]
            ]
        ]
        let assertion: [String: JSON] = ["token_endpoint_auth_method": "private_key_jwt"]
        let byURI = assertion.merging(["jwks_uri": "https://app.example/jwks"]) { $1 }
        let bySet = assertion.merging(["jwks": keys]) { $1 }
        func check(_ former: [String: JSON], _ next: [String: JSON]) throws {
            try ApprovedMetadata(try .fixture(former)).check(.fixture(next))
        }
        try check([:], bySet)
        try check(bySet, bySet)
        try check(byURI, byURI)
        try check(["token_endpoint_auth_method": "none"], [:])
        for (former, next) in [
            (byURI, bySet), (bySet, byURI), (bySet, [:]), (bySet, ["token_endpoint_auth_method": "client_secret_jwt"]),
            (byURI, byURI.merging(["jwks_uri": "https://app.example/jwks2"]) { $1 }),
        ] {
            #expect(throws: ClientMetadataError.self) { try check(former, next) }
        }
    }

    @Test func `whether approval is needed is part of a permit`() throws {
        for permit in [RegistrationPermit.open, .openUponApproval, RegistrationPermit(needsApproval: true)] {
            #expect(RegistrationPermit(stored: permit.json) == permit)
        }
        var old = RegistrationPermit().json.objectValue ?? [:]
        old["needs_approval"] = nil
        #expect(RegistrationPermit(stored: .object(old))?.needsApproval == false)
    }
}
