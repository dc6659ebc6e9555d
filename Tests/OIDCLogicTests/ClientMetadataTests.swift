import JOSE
import Testing

@testable import OIDCLogic

/// RFC 7591 §2 and §3.2.2, OpenID Connect Registration §2.
struct ClientMetadataTests {
    @Test func `what is left out has its default`() throws {
        let metadata = try ClientMetadata(["redirect_uris": ["https://app.example/cb"]])
        #expect(metadata.name == nil)
        #expect(metadata.applicationType == .web)
        #expect(metadata.tokenEndpointAuthMethod == nil)
        #expect(metadata.scope == .standard)
        #expect(metadata.idTokenSignedResponseAlg == .rs256)
        #expect(metadata.defaultMaxAge == nil)
        #expect(metadata.contacts.isEmpty)
        #expect(!metadata.isPublic && !metadata.requirePKCE && !metadata.requireAuthTime)
    }

    @Test func `it reads what it writes`() throws {
        let metadata = try ClientMetadata.fixture([
            "application_type": "native", "token_endpoint_auth_method": "none", "scope": "clerk openid",
            "redirect_uris": ["com.example.app:/cb", "http://127.0.0.1/cb"], "id_token_signed_response_alg": "EdDSA",
            "client_uri": "https://app.example/", "logo_uri": "https://app.example/logo",
            "tos_uri": "http://a.example/",
            "policy_uri": "https://app.example/policy", "initiate_login_uri": "https://app.example/login",
            "contacts": ["ann@app.example"], "default_max_age": 0, "require_auth_time": true, "require_pkce": true,
            "default_scope": "clerk", "roles_claim": "roles", "groups_claim": "https://app.example/groups",
            "revoke_at_logout": true, "upstreams": ["corp", "local"],
        ])
        #expect(try ClientMetadata(metadata.json) == metadata)
        #expect(metadata.isPublic)
        let lean = try ClientMetadata(["redirect_uris": ["https://app.example/cb"]])
        #expect(try ClientMetadata(lean.json) == lean)
    }

    @Test func `what was stored is read, whatever the rules have become`() throws {
        let metadata = try ClientMetadata.fixture([
            "application_type": "native", "token_endpoint_auth_method": "none", "scope": "clerk openid",
            "client_uri": "https://app.example/", "logo_uri": "https://app.example/logo",
            "tos_uri": "http://a.example/", "policy_uri": "https://app.example/policy",
            "initiate_login_uri": "https://app.example/login", "contacts": ["ann@app.example"], "default_max_age": 0,
            "require_auth_time": true, "require_pkce": true, "default_scope": "clerk", "roles_claim": "roles",
            "groups_claim": "groups", "revoke_at_logout": true, "upstreams": ["corp"],
        ])
        #expect(try ClientMetadata(stored: metadata.json) == metadata)
        let lean = try ClientMetadata.fixture()
        #expect(try ClientMetadata(stored: lean.json) == lean)

        var object = metadata.json.objectValue ?? [:]
        object["redirect_uris"] = ["http://app.example/*#old", .string(String(repeating: "a", count: 2000))]
        object["initiate_login_uri"] = "http://app.example/"
        object["default_scope"] = "more than scope"
        object["roles_claim"] = "sub"
        object["client_name"] = .string(String(repeating: "a", count: 999) + "\n")
        object["tls_client_auth_subject_dn"] = "a member of a later release"
        #expect(throws: ClientMetadataError.self) { try ClientMetadata(.object(object)) }
        let old = try ClientMetadata(stored: .object(object))
        #expect(old.redirectURIs.map(\.value).first == "http://app.example/*#old")
        #expect(old.initiateLoginURI?.value == "http://app.example/")
        #expect(old.name?.utf8.count == 1000)
    }

    @Test(
        arguments: [
            ("redirect_uris", "https://app.example/"), ("redirect_uris", [1]), ("client_name", 1),
            ("application_type", nil), ("application_type", "desktop"), ("token_endpoint_auth_method", "magic"),
            ("scope", nil), ("scope", "\""), ("id_token_signed_response_alg", nil),
            ("id_token_signed_response_alg", "none"), ("client_uri", ["a"]), ("contacts", "ann"),
            ("default_max_age", "1"), ("require_auth_time", 1), ("require_pkce", "yes"), ("revoke_at_logout", "yes"),
            ("default_scope", "\""), ("roles_claim", 1), ("groups_claim", ["groups"]),
        ] as [(String, JSON?)])
    func `what is malformed where it is stored is told`(name: String, value: JSON?) throws {
        var object = try ClientMetadata.fixture().json.objectValue ?? [:]
        object[name] = value
        let error = #expect(throws: ClientMetadataError.self) { try ClientMetadata(stored: .object(object)) }
        #expect(error?.description == "\(name) is malformed")
    }

    @Test func `members that nobody knows are ignored, and null is as good as absent`() throws {
        let metadata = try ClientMetadata.fixture([
            "software_statement_x": ["a"], "contacts#nl": "De app", "client_name": .null, "scope": .null,
            "contacts": .null, "default_max_age": .null, "request_object_signing_alg": .null,
            "dpop_bound_access_tokens": false, "grant_types": ["authorization_code"], "response_types": ["code"],
            "subject_type": "public",
        ])
        #expect(metadata == (try .fixture(["client_name": .null])))
    }

    @Test(
        arguments: [
            ("redirect_uris", nil), ("redirect_uris", []), ("redirect_uris", ["http://app.example/"]),
            ("redirect_uris", ["https://app.example/#a"]), ("redirect_uris", ["https://app.example/", "app:/cb"]),
        ] as [(String, JSON?)])
    func `a bad redirect URI is invalid_redirect_uri`(name: String, value: JSON?) throws {
        let error = #expect(throws: ClientMetadataError.self) { try ClientMetadata.fixture([name: value ?? .null]) }
        #expect(error?.code == .invalidRedirectURI)
        #expect(error?.description.hasPrefix("redirect_uris") == true)
    }

    @Test(
        arguments: [
            ("redirect_uris", "https://app.example/"), ("redirect_uris", [1]),
            ("redirect_uris", .array(Array(repeating: "https://app.example/", count: 101))),
            ("client_name", 1), ("client_name", "a\nb"), ("client_name", "a\u{9B}b"),
            ("client_name", "a\u{2028}b"), ("client_name", .string(String(repeating: "a", count: 201))),
            ("application_type", "desktop"),
            ("token_endpoint_auth_method", "tls_client_auth"), ("token_endpoint_auth_signing_alg", "none"),
            ("token_endpoint_auth_signing_alg", true), ("jwks", ["keys": []]), ("jwks", "https://app.example/"),
            ("jwks", ["keys": [["kty": "oct", "k": "AAEC"]]]), ("jwks_uri", "http://app.example/jwks"),
            ("jwks_uri", "app.example/jwks"), ("jwks_uri", 1), ("scope", "a\"b"), ("scope", ["openid"]),
            ("id_token_signed_response_alg", "none"), ("id_token_signed_response_alg", "HS256"),
            ("id_token_signed_response_alg", "ES256K"), ("client_uri", "javascript:alert(1)"),
            ("client_uri", "app.example"),
            ("logo_uri", "data:image/png,x"), ("policy_uri", "https://user@app.example/"), ("tos_uri", "https://a b/"),
            ("initiate_login_uri", "http://app.example/"),
            ("initiate_login_uri", "https://app.example/login#start"), ("contacts", "ann@app.example"),
            ("contacts", ["a\u{0}"]),
            ("contacts", ["ann@app.example", "ann"]), ("contacts", [""]),
            ("contacts", ["ann@app.example, bob@a.example"]),
            ("default_acr_values", [""]), ("default_acr_values", ["urn:a urn:b"]), ("default_max_age", 10_000_000_000),
            ("default_max_age", 1e30), ("application_type", ""), ("id_token_signed_response_alg", ""),
            ("token_endpoint_auth_method", ""), ("access_token_format", ""), ("subject_type", ""),
            ("default_max_age", -1), ("default_max_age", "60"), ("default_max_age", 1.5), ("require_auth_time", "true"),
            ("revoke_at_logout", 1), ("upstreams", "corp"), ("upstreams", ["Corp"]), ("upstreams", [""]),
            ("require_pkce", 1), ("grant_types", ["implicit"]),
            ("grant_types", ["authorization_code", "password"]),
            ("response_types", ["code", "token"]), ("subject_type", "Public"), ("subject_type", 1),
            ("default_scope", "openid clerk"), ("default_scope", "a\"b"), ("default_scope", ["openid"]),
            ("roles_claim", "sub"), ("roles_claim", "scope"), ("roles_claim", "email_verified"),
            ("roles_claim", "com.mendix.user.roles"), ("roles_claim", "my roles"), ("roles_claim", "rôles"),
            ("roles_claim", .string(String(repeating: "a", count: 129))), ("groups_claim", "iss"),
            ("groups_claim", ["groups"]), ("groups_claim", "cnf"),
            // OpenID Connect Registration §2, RFC 9101 §10.5
            ("request_object_signing_alg", "none"), ("request_object_signing_alg", "RS256"),
            ("request_object_signing_alg", 1), ("require_signed_request_object", true),
            ("require_signed_request_object", "true"), ("request_uris", "https://app.example/request"),
            ("request_uris", ["http://app.example/request"]), ("request_uris", ["urn:example:request"]),
            ("request_uris", [.string("https://app.example/" + String(repeating: "a", count: 1024))]),
        ] as [(String, JSON)])
    func `a bad member is invalid_client_metadata, and named`(name: String, value: JSON) throws {
        let error = #expect(throws: ClientMetadataError.self) { try ClientMetadata.fixture([name: value]) }
        #expect(error?.code == .invalidClientMetadata)
        #expect(error?.description.hasPrefix(name) == true)
    }

    @Test func `roles and groups can't be one claim`() {
        let error = #expect(throws: ClientMetadataError.self) {
            try ClientMetadata.fixture(["roles_claim": "roles", "groups_claim": "roles"])
        }
        #expect(error?.description.hasPrefix("groups_claim") == true)
    }

    // Silence would leave the client less safe than it believes.
    @Test(arguments: [
        "id_token_encrypted_response_alg", "userinfo_encrypted_response_enc", "request_object_encryption_alg",
        "tls_client_auth_subject_dn", "tls_client_certificate_bound_access_tokens", "dpop_bound_access_tokens",
        "require_pushed_authorization_requests",
        "authorization_signed_response_alg", "introspection_signed_response_alg",
    ])
    func `a protection that isn't there is refused`(name: String) throws {
        for value in [JSON.bool(true), "RS256"] {
            let error = #expect(throws: ClientMetadataError.self) { try ClientMetadata.fixture([name: value]) }
            #expect(error?.code == .invalidClientMetadata)
            #expect(error?.description.hasPrefix(name) == true)
        }
    }

    @Test func `what is no object is refused`() {
        #expect(throws: ClientMetadataError.self) { try ClientMetadata(["redirect_uris"]) }
    }

    // RFC 6749 Appendix A.1
    @Test(arguments: ["", " ", "a b", "é", "a\u{0}", "a\n", String(repeating: "a", count: 256)])
    func `a chosen client_id is printable ASCII`(id: String) {
        #expect(ClientID(registering: id) == nil)
    }

    // RFC 3986 §5.2.4: no address could name it.
    @Test(arguments: [".", "..", "../x", "a/../..", "a/./b", "/.."])
    func `a chosen client_id leads nowhere else as part of a path`(id: String) {
        #expect(ClientID(registering: id) == nil)
    }

    @Test(arguments: [
        "a", "urn:app:1", "~!\"\\", "...", "a..b/.c", "https://app.example/", String(repeating: "a", count: 255),
    ])
    func `a chosen client_id is kept`(id: String) {
        #expect(ClientID(registering: id)?.value == id)
    }

    @Test func `pages call a client by its name, else by its id`() throws {
        #expect(try Client.fixture().displayName == "App")
        #expect(try Client.fixture(metadata: ["client_name": .null]).displayName == "app")
    }

    private static let jwk: JSON = [
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "x5c": ["kept"],
    ]

    @Test(
        arguments: [
            ["token_endpoint_auth_method": "client_secret_jwt"],
            ["token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS512"],
            ["token_endpoint_auth_method": "private_key_jwt", "jwks": ["keys": [jwk]]],
            [
                "token_endpoint_auth_method": "private_key_jwt", "jwks": ["keys": [jwk]],
                "token_endpoint_auth_signing_alg": "EdDSA",
            ],
            [
                "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example/jwks",
                "token_endpoint_auth_signing_alg": "PS512",
            ],
            ["token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "http://127.0.0.1:8081/jwks"],
            ["jwks_uri": "https://app.example/jwks"],
            [
                "jwks": ["keys": [jwk]], "request_object_signing_alg": "EdDSA", "require_signed_request_object": true,
                "request_uris": ["https://app.example/request#one", "http://127.0.0.1:8081/request"],
            ],
            ["request_object_signing_alg": "HS384"],
        ] as [[String: JSON]])
    func `the ways to sign an assertion are kept as they were registered`(members: [String: JSON]) throws {
        let metadata = try ClientMetadata.fixture(members)
        for (name, value) in members { #expect(metadata.json[name] == value) }
        #expect(try ClientMetadata(metadata.json) == metadata)
        #expect(try ClientMetadata(stored: metadata.json) == metadata)
        #expect(metadata.hasSecret == (metadata.tokenEndpointAuthMethod != .privateKeyJWT))
    }

    @Test(
        arguments: [
            ["token_endpoint_auth_method": "private_key_jwt"],
            ["jwks": ["keys": [jwk]], "jwks_uri": "https://app.example/jwks"],
            ["token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "RS256"],
            [
                "token_endpoint_auth_method": "private_key_jwt", "jwks": ["keys": [jwk]],
                "token_endpoint_auth_signing_alg": "HS256",
            ],
            [
                "token_endpoint_auth_method": "private_key_jwt", "jwks": ["keys": [jwk]],
                "token_endpoint_auth_signing_alg": "ES256",
            ],
            ["jwks": ["keys": [jwk]], "request_object_signing_alg": "ES256"],
            ["token_endpoint_auth_method": "none", "request_object_signing_alg": "HS256"],
            [
                "token_endpoint_auth_method": "private_key_jwt", "jwks": ["keys": [jwk]],
                "request_object_signing_alg": "HS256",
            ],
        ] as [[String: JSON]])
    func `a method without its keys, or with an algorithm of another, is refused`(members: [String: JSON]) throws {
        let error = #expect(throws: ClientMetadataError.self) { try ClientMetadata.fixture(members) }
        #expect(error?.code == .invalidClientMetadata)
    }

    @Test(arguments: [(nil, 0), ("HS256", 32), ("HS384", 48), ("HS512", 64)] as [(String?, Int)])
    func `a secret is as long as what it authenticates by needs`(algorithm: String?, bytes: Int) throws {
        var members: [String: JSON] = ["token_endpoint_auth_method": "client_secret_jwt"]
        members["token_endpoint_auth_signing_alg"] = algorithm.map(JSON.string)
        #expect(try ClientMetadata.fixture(members).fewestSecretBytes == max(bytes, 32))
        #expect(try ClientMetadata.fixture().fewestSecretBytes == 0)
        members["request_object_signing_alg"] = "HS384"
        #expect(try ClientMetadata.fixture(members).fewestSecretBytes == max(bytes, 48))
    }

    @Test(
        arguments: [
            ("client_name", 5, "client_name is 5; it must be a string"),
            ("scope", ["openid"], #"scope is ["openid"]; it must be a string"#),
            ("scope", "openid a\"b", #"scope has "a\"b"; names"#),
            (
                "default_max_age", "60",
                #"default_max_age is "60"; it must be a whole number of seconds, 0 to 9999999999"#
            ),
            ("default_max_age", -1, "default_max_age is -1; "),
            ("require_pkce", "yes", #"require_pkce is "yes"; it must be true or false"#),
            ("contacts", ["ann"], #"contacts has "ann"; each must be an e-mail address"#),
            ("contacts", "ann@a.example", #"contacts is "ann@a.example"; it must be an array of strings"#),
            ("redirect_uris", [1], "redirect_uris has 1; it must be an array of strings"),
            ("application_type", "", #"application_type is ""; this provider has "#),
            ("subject_type", "", #"subject_type is ""; this provider has public, pairwise"#),
            (
                "client_name", .string(String(repeating: "a", count: 201)),
                "client_name is longer than 200 bytes, with 201"
            ),
        ] as [(String, JSON, String)])
    func `what is wrong is said with the value`(name: String, value: JSON, text: String) {
        let error = #expect(throws: ClientMetadataError.self) { try ClientMetadata.fixture([name: value]) }
        #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "")")
    }

    @Test func `a long value is cut where it is shown`() {
        let error = #expect(throws: ClientMetadataError.self) {
            try ClientMetadata.fixture(["contacts": [.string(String(repeating: "é", count: 900))]])
        }
        #expect((error?.description.utf8.count ?? 999) < 250 && error?.description.contains("…") == true)
    }

    // RFC 7591 §3.2.1: what is registered may differ from what was sent.
    @Test func `an address that is there twice is kept once, in its place`() throws {
        let metadata = try ClientMetadata.fixture([
            "redirect_uris": ["https://b.example/", "https://a.example/", "https://b.example/"],
            "post_logout_redirect_uris": ["https://a.example/", "https://a.example/"],
        ])
        #expect(metadata.redirectURIs.map(\.value) == ["https://b.example/", "https://a.example/"])
        #expect(metadata.postLogoutRedirectURIs.count == 1)
    }

    @Test func `lists that say nothing say nothing`() throws {
        let metadata = try ClientMetadata.fixture(["contacts": [], "default_acr_values": []])
        #expect(metadata.contacts.isEmpty && metadata.defaultACRValues.isEmpty)
        #expect(try ClientMetadata.fixture(["default_max_age": 9_999_999_999]).defaultMaxAge == 9_999_999_999)
    }

    @Test func `every wrong redirect URI is named`() {
        let error = #expect(throws: ClientMetadataError.self) {
            try ClientMetadata.fixture([
                "redirect_uris": ["http://app.example/", "https://app.example/", "https://app.example/#a"]
            ])
        }
        #expect(error?.faults.count == 2 && error?.code == .invalidRedirectURI)
        #expect(error?.description.contains("\"http://app.example/\" is http") == true)
        #expect(error?.description.contains("; \"https://app.example/#a\" ") == true)
    }
}
