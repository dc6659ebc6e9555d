import JOSE
import Testing

@testable import OIDCLogic

@Suite struct ClientMetadataNamesTests {
    @Test func `every member of a client is one of those that are read`() throws {
        let metadata = try ClientMetadata([
            "client_name": "App", "redirect_uris": ["https://app.example/"], "post_logout_redirect_uris": [],
            "contacts": ["ann@app.example"], "default_scope": "openid", "roles_claim": "roles",
            "token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS256",
            "jwks_uri": "https://app.example/jwks", "resources": ["https://api.example/"],
        ])
        for name in (metadata.json.objectValue ?? [:]).keys { #expect(ClientMetadata.knows(name), "\(name)") }
        #expect(ClientMetadata.memberNames.contains("jwks"))
        #expect(ClientMetadata.memberNames == ClientMetadata.memberNames.sorted())
    }

    @Test(arguments: ["redirect_uri", "", "client_id", "Client_name", "first_party"])
    func `what registration ignores is not known`(name: String) {
        #expect(!ClientMetadata.knows(name))
    }

    @Test(arguments: ["id_token_encrypted_response_alg", "tls_client_auth_subject_dn"])
    func `what registration refuses is known`(name: String) {
        #expect(ClientMetadata.knows(name))
    }
}
