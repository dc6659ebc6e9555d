import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3.
struct ProviderMetadataTests {
    private func metadata() throws -> [String: JSON] {
        try #require(ProviderMetadata(issuer: try .fixture(), languages: ["de", "en"]).json.objectValue)
    }

    @Test(arguments: [
        "issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported",
        "subject_types_supported", "id_token_signing_alg_values_supported",
    ])
    func `what is required is there`(name: String) throws {
        #expect(try metadata()[name] != nil)
    }

    @Test func `endpoints are the issuer's`() throws {
        let metadata = try metadata()
        #expect(metadata["issuer"] == "https://login.example/oidc")
        #expect(metadata["authorization_endpoint"] == "https://login.example/oidc/authorize")
        #expect(metadata["token_endpoint"] == "https://login.example/oidc/token")
        #expect(metadata["userinfo_endpoint"] == "https://login.example/oidc/userinfo")
        #expect(metadata["jwks_uri"] == "https://login.example/oidc/jwks")
    }

    @Test func `it says what is on, and no more`() throws {
        let metadata = try metadata()
        #expect(metadata["response_types_supported"] == ["code"])
        #expect(metadata["response_modes_supported"] == ["query", "form_post"])
        #expect(metadata["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"])
        #expect(metadata["code_challenge_methods_supported"] == ["S256"])
        #expect(metadata["scopes_supported"] == ["openid", "profile", "email", "address", "phone", "offline_access"])
        #expect(
            metadata["token_endpoint_auth_methods_supported"] == [
                "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none",
            ])
        #expect(
            metadata["token_endpoint_auth_signing_alg_values_supported"] == [
                "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
                "ES512", "EdDSA",
            ])
        #expect(metadata["authorization_response_iss_parameter_supported"] == true)
        #expect(metadata["ui_locales_supported"] == ["de", "en"])
        #expect(metadata["request_parameter_supported"] == true)
        #expect(metadata["request_uri_parameter_supported"] == true)
        #expect(metadata["require_request_uri_registration"] == true)
        // RFC 9101 §10.5: each client says for itself.
        #expect(metadata["require_signed_request_object"] == false)
        let objects = metadata["request_object_signing_alg_values_supported"]?.arrayValue ?? []
        #expect(objects.contains("RS256") && !objects.contains("none"))
        // Front-Channel Logout 1.0 §3.
        #expect(metadata["frontchannel_logout_supported"] == true)
        #expect(metadata["frontchannel_logout_session_supported"] == true)
    }

    // Discovery §3: "supported by the OP"; §4.2: "Claims with zero elements MUST be omitted".
    @Test func `the class of a password is named where there are passwords`() throws {
        #expect(try metadata()["acr_values_supported"] == ["1"])
        let metadata = ProviderMetadata(issuer: try .fixture(), languages: ["en"], hasPassword: false).json
        #expect(metadata["acr_values_supported"] == nil)
    }

    // Session Management 1.0 §3.3.
    @Test func `the page that apps frame is named where it is on`() throws {
        #expect(try metadata()["check_session_iframe"] == nil)
        let metadata = ProviderMetadata(issuer: try .fixture(), languages: ["en"], hasSessionManagement: true).json
        #expect(metadata["check_session_iframe"] == "https://login.example/oidc/check_session")
    }

    // Discovery §3: "The algorithm RS256 MUST be included."
    @Test func `RS256 is there, and none is not`() throws {
        let algorithms = try metadata()["id_token_signing_alg_values_supported"]?.arrayValue ?? []
        #expect(algorithms.contains("RS256"))
        #expect(!algorithms.contains("none"))
    }

    @Test func `each claim is named once`() throws {
        let claims = try metadata()["claims_supported"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(Set(claims).count == claims.count)
        #expect(Set(["sub", "email_verified", "address", "phone_number", "updated_at"]).isSubset(of: claims))
    }

    // RFC 6749 §5.1; scope is always there, whatever was asked for.
    @Test func `a token response has these members`() {
        let response = TokenResponse(accessToken: "a", expiresIn: 3600, scope: .none, idToken: nil, refreshToken: nil)
        #expect(response.json == ["access_token": "a", "token_type": "Bearer", "expires_in": 3600, "scope": ""])
        let full = TokenResponse(
            accessToken: "a", expiresIn: 1, scope: Scope(names: ["openid"]), idToken: "i", refreshToken: "r")
        #expect(full.json["refresh_token"] == "r")
        #expect(full.json["id_token"] == "i")
        #expect(full.json["scope"] == "openid")
    }
}
