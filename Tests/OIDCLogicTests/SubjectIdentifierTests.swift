import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect Core §8 and §8.1.
struct SubjectIdentifierTests {
    private static let ann = UserID("7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11")

    private func client(_ uri: String = Client.redirectURI, _ change: [String: JSON] = [:]) throws -> Client {
        try .fixture(
            metadata: ["subject_type": "pairwise", "redirect_uris": [.string(uri)]].merging(change) { _, new in new })
    }

    private func identifier(
        of user: UserID = ann, at client: Client, salt: PairwiseSalt = .fixture
    ) -> String {
        SubjectIdentifiers(of: client, salt: salt).identifier(of: user).value
    }

    // By Python: "pairwise." + base64url(hmac.new(salt, len(host).to_bytes(4, "big") + host + sub, "sha256").digest())
    @Test(arguments: [
        ("app.example", "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11", "PkhZQHgrV2-AGv9uOsFmE-6cUCCbhOh1aOERzExxSNU"),
        ("other.example", "7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11", "rE1b_AJMnTqN2qKUSR6u08tVBsEPkVE8cNy2WwXPmXM"),
        ("app.example", "other", "lUygo056AkS_1_tl17Xv3BiP6skEb65nIgole0FxyAQ"),
        ("app.example1", "x", "cCstCREcHbLizLhSGcJTlKrpZ7Pinf80UfoSirxcmXA"),
        ("app.example", "1x", "DZli-fNZOwBFYAaRqfh_NymTk02LaYdsX7-49jqJDOg"),
    ])
    func `it is what it always was`(host: String, user: String, code: String) throws {
        let found = identifier(of: UserID(user), at: try client("https://\(host)/callback"))
        #expect(found == "pairwise." + code)
        #expect(found.utf8.count <= 255 && found.utf8.allSatisfy(\.isUnreserved))
    }

    @Test func `a sector is a host, whatever the app, its port and its path`() throws {
        let own = identifier(at: try client())
        #expect(identifier(at: try client("https://app.example:8443/other?x=1")) == own)
        #expect(
            identifier(
                at: try client(
                    "https://elsewhere.example/cb",
                    [
                        "sector_identifier_uri": "https://APP.example/uris.json",
                        "redirect_uris": ["https://elsewhere.example/cb", "http://127.0.0.1/cb"],
                    ])) == own)
        #expect(identifier(at: try client("https://www.app.example/callback")) != own)
        #expect(identifier(at: try client(), salt: PairwiseSalt(bytes: Array(repeating: 7, count: 32))) != own)
    }

    @Test func `to a client of subject type public a user is who they are, and no salt is asked for`() throws {
        struct NoSalt: Error {}
        let subjects = try SubjectIdentifiers(of: .fixture(), salt: { throw NoSalt() }())
        #expect(subjects.identifier(of: Self.ann).value == Self.ann.value)
        #expect(throws: NoSalt.self) { try SubjectIdentifiers(of: client(), salt: { throw NoSalt() }()) }
    }

    // RFC 9700 §4.15
    @Test func `no client is named like a user of another`() throws {
        let sub = identifier(at: try client())
        #expect(ClientID(registering: sub) == nil && ClientID(registering: "pairwise.") == nil)
        #expect(ClientID(registering: "pairwise") != nil && ClientID(registering: "Pairwise.x") != nil)
    }

    @Test(
        arguments: [
            (
                ["redirect_uris": ["https://a.example/", "https://b.example/"]],
                "(a.example, b.example); give sector_id"
            ),
            (["redirect_uris": ["http://localhost:3000/cb"]], "\"http://localhost:3000/cb\" has no host"),
            (["redirect_uris": ["http://127.0.0.1/cb"], "application_type": "native"], "has no host"),
            (["redirect_uris": ["http://[::1]/cb"], "application_type": "native"], "has no host"),
            (["redirect_uris": ["com.example.app:/cb"], "application_type": "native"], "has no host"),
            (["redirect_uris": ["com.example.app://a.example/cb"], "application_type": "native"], "has no host"),
            (
                ["redirect_uris": ["https://app.example/", "com.example.app:/cb"], "application_type": "native"],
                "\"com.example.app:/cb\" has no host"
            ),
            (["redirect_uris": [], "grant_types": ["client_credentials"]], "without redirect_uris"),
        ] as [([String: JSON], String)])
    func `where the sector can't be told, sector_identifier_uri is asked for`(
        change: [String: JSON], words: String
    ) throws {
        let change = change.merging(["subject_type": "pairwise"]) { $1 }
        let error = #expect(throws: ClientMetadataError.self) { try ClientMetadata.fixture(change) }
        #expect(error?.member == "subject_type" && error?.code == .invalidClientMetadata)
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        guard change["redirect_uris"] != [] else { return }
        let named = change.merging(["sector_identifier_uri": "https://example.com/uris.json"]) { $1 }
        let metadata = try ClientMetadata.fixture(named)
        #expect(metadata.subjectType == Sector(of: "https://example.com/").map(SubjectType.pairwise))
        #expect(try ClientMetadata(stored: metadata.json) == metadata)
    }

    @Test(arguments: [
        "http://example.com/uris.json", "https://localhost/uris.json", "https://127.0.0.1/uris.json",
        "https://example.com/uris.json#x", "https://ann@example.com/", "example.com/uris.json", "ftp://example.com/",
    ])
    func `a sector_identifier_uri is https, and somebody's`(uri: String) throws {
        let error = #expect(throws: ClientMetadataError.self) {
            try ClientMetadata.fixture(["sector_identifier_uri": .string(uri)])
        }
        #expect(error?.member == "sector_identifier_uri" && error?.fault.contains(uri) == true)
    }

    @Test func `a client without users has no sector`() throws {
        let error = #expect(throws: ClientMetadataError.self) {
            try ClientMetadata.fixture([
                "sector_identifier_uri": "https://example.com/", "redirect_uris": [],
                "grant_types": ["client_credentials"],
            ])
        }
        #expect(error?.member == "sector_identifier_uri")
    }

    @Test func `both are told as they were registered`() throws {
        let metadata = try ClientMetadata.fixture([
            "subject_type": "pairwise", "sector_identifier_uri": "https://Example.com/uris.json",
        ])
        #expect(metadata.json["subject_type"] == "pairwise")
        #expect(metadata.json["sector_identifier_uri"] == "https://Example.com/uris.json")
        #expect(try ClientMetadata(stored: metadata.json) == metadata)
        #expect(try ClientMetadata.fixture().json["subject_type"] == "public")
        #expect(try ClientMetadata.fixture(["subject_type": .null]).subjectType == .public)
    }

    @Test func `all that a pairwise client is given says the same sub, and nothing says the user's id`() throws {
        let client = try client(Client.redirectURI, ["subject_type": "pairwise"])
        let live = try CodeExchange.Accepted.fixture(of: client).live
        let own = JSON.string(identifier(at: client))
        #expect(live.user.id == Self.ann && live.grant.userID == Self.ann)
        let idToken = IDToken.claims(
            for: live, releasing: [:], nonce: nil, accessToken: "token", issuer: try .fixture(),
            lifetimes: Lifetimes(), at: .noon)
        let profile = try ResourceServers().profile(
            for: [], client: client, issuer: .fixture(), lifetimes: Lifetimes())
        let accessToken = AccessToken.claims(
            for: .user(live), releasing: [:], profile: profile, issuer: try .fixture(), at: .noon,
            random: FixedRandom())
        let token = try LiveAccessToken(try AccessToken(verified: accessToken, issuer: .fixture()), of: live)
        let userInfo = UserInfo.claims(of: token, releasing: [:])
        let refreshing = Introspection.answer(refreshing: live, until: .noon, issuer: try .fixture())
        for json in [idToken, accessToken, userInfo, refreshing] {
            #expect(json["sub"] == own)
            #expect(!String(decoding: json.serialized(), as: UTF8.self).contains(Self.ann.value))
        }
    }

    @Test func `a token of before the client's users had other identifiers is no good`() throws {
        let before = try CodeExchange.Accepted.fixture(of: .fixture()).live
        let profile = try ResourceServers().profile(
            for: [], client: before.client, issuer: .fixture(), lifetimes: Lifetimes())
        let claims = AccessToken.claims(
            for: .user(before), releasing: [:], profile: profile, issuer: try .fixture(), at: .noon,
            random: FixedRandom())
        let token = try AccessToken(verified: claims, issuer: .fixture())
        let after = try client()
        let live = try LiveGrant(
            before.grant, client: after, user: .fixture(), subjects: .fixture(after))
        #expect(throws: OAuthError.self) { try LiveAccessToken(token, of: live) }
        #expect(throws: Never.self) { try LiveAccessToken(token, of: before) }
    }
}
