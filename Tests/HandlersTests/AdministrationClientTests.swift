import JOSE
import OIDCLogic
import Testing

@testable import Handlers

@Suite struct AdministrationClientTests {
    private let fixture: AdministrationFixture
    private let good: [String: JSON] = [
        "client_name": "Demo", "redirect_uris": ["https://app.example.com/callback"],
    ]

    init() throws { fixture = try AdministrationFixture() }

    private func good(_ change: [String: JSON]) -> JSON { .object(good.merging(change) { $1 }) }

    @Test func `a client is given an id and a secret, which is shown once and stored sealed`() throws {
        let registered = try fixture.clients.register(.object(good))
        let secret = try #require(registered.secret)
        #expect(secret.byteCount == 43)
        #expect(registered.client.id.value.utf8.count == 26)
        #expect(registered.client.preset == .standard)
        #expect(registered.client.isFirstParty, "an administrator made it")
        #expect(registered.json["client_secret"]?.stringValue == secret.reveal())
        #expect(registered.json["client_secret_expires_at"] == 0)
        #expect(registered.json["client_id_issued_at"] == 1_800_000_000)

        let stored = try fixture.clients.client(registered.client.id.value)
        #expect(stored == registered.client)
        let sealed = try #require(stored.sealedSecret)
        #expect(try ClientSecret(sealed: sealed, of: stored.id, opening: fixture.seal).matches(secret))
        #expect(!stored.json.text.contains(secret.reveal()))
        #expect(stored.json["client_secret"] == nil)
    }

    @Test func `an own id, secret and preset are kept as they are`() throws {
        let secret = "0123456789abcdef"
        let registered = try fixture.clients.register(
            good(["client_id": "demo", "client_secret": .string(secret), "preset": "mendix", "first_party": false]))
        #expect(registered.client.id.value == "demo")
        #expect(registered.secret?.reveal() == secret)
        #expect(registered.client.preset == .mendix)
        #expect(!registered.client.isFirstParty)
    }

    @Test func `what the caller decides comes before what the metadata says`() throws {
        let registered = try fixture.clients.register(
            good(["preset": "mendix", "first_party": true]), preset: .standard, isFirstParty: false)
        #expect(registered.client.preset == .standard)
        #expect(!registered.client.isFirstParty)
    }

    @Test(
        arguments: [
            (["client_secret": "fifteen-letters"], "client_secret has fewer than 16 characters"),
            (["client_secret": .string(String(repeating: "s", count: 256))], "client_secret has more than 255"),
            (["client_secret": "schlüssel-der-app"], "client_secret has a character"),
            (["client_secret": 1], "client_secret must be a string"),
            (["client_id": "a b"], "client_id is \"a b\"; it must be 1 to 255 characters"),
            (["client_id": ""], "client_id is \"\"; it must be 1 to 255 characters"),
            (["client_id": .string(String(repeating: "i", count: 256))], "client_id is \"iii"),
            (["client_id": "naïve"], "client_id is \"naïve\"; it must be 1 to 255 characters"),
            (["preset": "lean"], "preset is \"lean\"; there are standard, mendix"),
            (["first_party": "yes"], "first_party is \"yes\"; it must be true or false"),
            (["redirect_uris": []], "redirect_uris is missing"),
            (["redirect_uris": ["http://app.example.com/"]], "redirect_uris \"http://app.example.com/\" is http"),
            (
                ["token_endpoint_auth_method": "none", "client_secret": "0123456789abcdef"],
                "client_secret is given, and"
            ),
            (
                ["token_endpoint_auth_method": "client_secret_jwt", "client_secret": "0123456789abcdef"],
                "client_secret has fewer than 32"
            ),
            (["dpop_bound_access_tokens": true], "dpop_bound_access_tokens is not supported"),
            (["client_nam": "App"], #"there is no member "client_nam" of a client. Did you mean "client_name"?"#),
            (["frist_party": true], #"there is no member "frist_party" of a client. Did you mean "first_party"?"#),
            (["software_statement": "a.b.c"], #"there is no member "software_statement" of a client. Leave it out"#),
            (["contacts#de": "x"], #"there is no member "contacts#de""#),
        ] as [([String: JSON], String)])
    func `a faulty registration is refused, and nothing is stored`(change: [String: JSON], refusal: String) throws {
        let said = fixture.refusal { _ = try fixture.clients.register(good(change)) }
        #expect(said?.hasPrefix(refusal) == true, "\(said ?? "it was registered")")
        #expect(try fixture.clients.clients().isEmpty)
    }

    @Test func `an id that is taken, by a client or as a user's subject, is refused (RFC 9700 section 4.15)`() throws {
        let first = try fixture.clients.register(good(["client_id": "demo"])).client
        let user = try fixture.users.add("ada", password: nil)
        for id in ["demo", user.id.value] {
            let said = fixture.refusal { _ = try fixture.clients.register(good(["client_id": .string(id)])) }
            #expect(said?.hasPrefix("client_id \"\(id)\" is taken") == true)
        }
        #expect(try fixture.clients.clients() == [first])
    }

    private static let api = "https://api.example.com/"

    // RFC 7662 §4: whom the `aud` names is told about the token.
    @Test(arguments: ["served_resources", "resources"])
    func `an id that is another client's resource is refused, and a resource that is another's id`(member: String)
        throws
    {
        let orders = try fixture.clients.register(good(["client_id": "orders", member: [.string(Self.api)]])).client
        let said = fixture.refusal { _ = try fixture.clients.register(good(["client_id": .string(Self.api)])) }
        #expect(said?.hasPrefix("client_id \"\(Self.api)\" is a resource that the client \"orders\" ") == true)
        #expect(try fixture.clients.clients() == [orders])

        let other = "https://other.example.com/"
        _ = try fixture.clients.register(good(["client_id": .string(other)]))
        let refusal = "\(member) has \"\(other)\", which is the id of another client"
        let added = fixture.refusal { _ = try fixture.clients.register(good([member: [.string(other)]])) }
        #expect(added?.hasPrefix(refusal) == true)
        var change = ClientChange()
        change.metadata = [member: [.string(Self.api), .string(other)]]
        #expect(fixture.refusal { _ = try fixture.clients.change("orders", change) }?.hasPrefix(refusal) == true)
        #expect(try fixture.clients.client("orders") == orders)
        #expect(try fixture.clients.clients().count == 2)
    }

    @Test func `an id may be what it serves itself, and is otherwise what it is`() throws {
        _ = try fixture.clients.register(
            good(["client_id": .string(Self.api), "served_resources": [.string(Self.api)]]))
        var change = ClientChange()
        change.metadata = ["resources": [.string(Self.api)], "client_name": "API"]
        _ = try fixture.clients.change(Self.api, change)
        // Bytes tell them apart.
        _ = try fixture.clients.register(good(["served_resources": ["https://API.example.com/"]]))
        _ = try fixture.clients.register(good(["client_id": "https://api.example.com"]))
    }

    @Test func `an id that the configuration calls a resource is refused, and warned of where it was there before`()
        throws
    {
        let resource = try #require(ResourceIndicator(Self.api))
        let configured = ResourceServers([resource: ResourceServer()])
        let clients = ClientAdministration(
            store: fixture.store, resources: configured, seal: { [fixture] in fixture.seal },
            sectors: .fixture(),
            now: { AdministrationFixture.noon })
        let said = fixture.refusal { _ = try clients.register(good(["client_id": .string(Self.api)])) }
        #expect(said?.hasPrefix("client_id \"\(Self.api)\" is a resource of postern.yaml") == true)
        _ = try clients.register(good(["client_id": "orders", "served_resources": [.string(Self.api)]]))
        let rule = AudienceRule(store: fixture.store, configured: configured)
        #expect(try rule.warnings().isEmpty)

        try fixture.store.add(try client(Self.api))
        #expect(try rule.warnings().count == 1)
        let without = AudienceRule(store: fixture.store, configured: ResourceServers())
        #expect(try without.warnings().first?.contains("that the client \"orders\" serves") == true)
        var change = ClientChange()
        change.metadata = ["client_name": "Still to be changed"]
        _ = try clients.change(Self.api, change)
        _ = try clients.change("orders", change)
    }

    private func client(_ id: String) throws -> Client {
        Client(
            id: ClientID(id), metadata: try ClientMetadata(.object(good)), sealedSecret: nil, preset: .standard,
            isFirstParty: true, createdAt: AdministrationFixture.noon, updatedAt: AdministrationFixture.noon)
    }

    @Test func `a public client has no secret`() throws {
        let registered = try fixture.clients.register(good(["token_endpoint_auth_method": "none"]))
        #expect(registered.secret == nil)
        #expect(registered.client.sealedSecret == nil)
        #expect(registered.json["client_secret"] == nil)
    }

    @Test func `a change keeps what it doesn't name`() throws {
        let before = try fixture.clients.register(good(["client_id": "demo", "contacts": ["ops@example.com"]])).client
        var change = ClientChange()
        change.metadata = ["client_name": "Better"]
        change.addedRedirectURIs = ["https://app.example.com/two", "https://app.example.com/callback"]
        let changed = try fixture.clients.change("demo", change)
        #expect(changed.secret == nil)
        #expect(changed.client.sealedSecret == before.sealedSecret)
        #expect(changed.client.metadata.name == "Better")
        #expect(changed.client.metadata.contacts == ["ops@example.com"])
        #expect(
            changed.client.metadata.redirectURIs.map(\.value)
                == ["https://app.example.com/callback", "https://app.example.com/two"])
        #expect(try fixture.clients.client("demo") == changed.client)

        change = ClientChange()
        change.metadata = ["contacts": .null]
        change.removedRedirectURIs = ["https://app.example.com/callback"]
        let again = try fixture.clients.change("demo", change).client
        #expect(again.metadata.contacts.isEmpty)
        #expect(again.metadata.redirectURIs.map(\.value) == ["https://app.example.com/two"])
    }

    @Test func `a change that comes between is kept`() throws {
        _ = try fixture.clients.register(good(["client_id": "demo"]))
        let clock = fixture.clock { _, clients in
            var other = ClientChange()
            other.addedRedirectURIs = ["https://app.example.com/other"]
            _ = try clients.change("demo", other)
        }
        let clients = ClientAdministration(
            store: fixture.store, seal: { [fixture] in fixture.seal }, sectors: .fixture(), now: clock)
        var change = ClientChange()
        change.addedRedirectURIs = ["https://app.example.com/own"]
        let uris = try clients.change("demo", change).client.metadata.redirectURIs.map(\.value)
        #expect(
            uris == [
                "https://app.example.com/callback", "https://app.example.com/other", "https://app.example.com/own",
            ])
    }

    @Test func `changes made at once are all made`() throws {
        _ = try fixture.clients.register(good(["client_id": "demo"]))
        try fixture.atOnce(8) { number, _, clients in
            var change = ClientChange()
            change.addedRedirectURIs = ["https://app.example.com/\(number)"]
            _ = try clients.change("demo", change)
        }
        let uris = try fixture.clients.client("demo").metadata.redirectURIs.map(\.value)
        #expect(uris.sorted() == (0..<8).map { "https://app.example.com/\($0)" } + ["https://app.example.com/callback"])
    }

    @Test(
        arguments: [
            (["client_id": "other"], "client_id can't be changed"),
            (["preset": "mendix"], "preset can't be changed"),
            (["client_secret": "short"], "client_secret has fewer than 16"),
            (["redirect_uris": []], "redirect_uris is missing"),
            (["redirect_uri": ["https://a.example/"]], #"there is no member "redirect_uri" of a client. Did you mean"#),
        ] as [([String: JSON], String)])
    func `a faulty change is refused, and changes nothing`(metadata: [String: JSON], refusal: String) throws {
        let before = try fixture.clients.register(good(["client_id": "demo"])).client
        var change = ClientChange()
        change.metadata = metadata
        let said = fixture.refusal { _ = try fixture.clients.change("demo", change) }
        #expect(said?.hasPrefix(refusal) == true, "\(said ?? "it was changed")")
        #expect(try fixture.clients.client("demo") == before)
    }

    @Test func `what was shown may be sent back, with what is only told`() throws {
        let shown = try fixture.clients.register(good(["client_id": "demo", "client_name#de": "Vorführung"]))
        var change = ClientChange()
        change.metadata = shown.json.objectValue ?? [:]
        change.metadata["last_used_at"] = 1
        change.metadata["client_secret"] = nil
        #expect(try fixture.clients.change("demo", change).client.metadata == shown.client.metadata)
    }

    @Test func `the last redirect URI stays, and one that isn't there is named with the nearest`() throws {
        _ = try fixture.clients.register(good(["client_id": "demo"]))
        var change = ClientChange()
        change.removedRedirectURIs = ["https://app.example.com/callback"]
        #expect(fixture.refusal { _ = try fixture.clients.change("demo", change) }?.hasPrefix("redirect_uris") == true)
        change.removedRedirectURIs = ["https://app.example.com/calback"]
        #expect(
            fixture.refusal { _ = try fixture.clients.change("demo", change) }?
                .hasSuffix("Did you mean \"https://app.example.com/callback\"?") == true)
    }

    @Test func `a new secret replaces the old one, and a client that turns public loses it`() throws {
        let old = try fixture.clients.register(good(["client_id": "demo"]))
        var change = ClientChange()
        change.secret = .generate
        let renewed = try fixture.clients.change("demo", change)
        let secret = try #require(renewed.secret)
        #expect(!secret.matches(try #require(old.secret)))
        let sealed = try #require(renewed.client.sealedSecret)
        #expect(try ClientSecret(sealed: sealed, of: renewed.client.id, opening: fixture.seal).matches(secret))

        change = ClientChange()
        change.metadata = ["token_endpoint_auth_method": "none"]
        #expect(try fixture.clients.change("demo", change).client.sealedSecret == nil)
        change.metadata = [:]
        change.secret = .generate
        #expect(
            fixture.refusal { _ = try fixture.clients.change("demo", change) }?.hasPrefix("client_secret is given, and")
                == true
        )
        change = ClientChange()
        change.metadata = ["token_endpoint_auth_method": "client_secret_basic"]
        #expect(try fixture.clients.change("demo", change).secret != nil, "confidential again, so it needs one")
    }

    @Test func `a secret that authenticates assertions is long enough for its algorithm, by RFC 7518 section 3.2`()
        throws
    {
        let made = try fixture.clients.register(good(["token_endpoint_auth_method": "client_secret_jwt"]))
        #expect((made.secret?.byteCount ?? 0) >= 32)
        let long = try fixture.clients.register(
            good(["token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS512"]))
        #expect((long.secret?.byteCount ?? 0) >= 64)

        let short = good(["client_id": "demo", "client_secret": "0123456789abcdef"])
        _ = try fixture.clients.register(short)
        var change = ClientChange()
        change.metadata = ["token_endpoint_auth_method": "client_secret_jwt"]
        #expect(
            fixture.refusal { _ = try fixture.clients.change("demo", change) }?
                .hasPrefix("client_secret has fewer than 32") == true)
        change.secret = .generate
        #expect(try fixture.clients.change("demo", change).secret != nil)
    }

    @Test func `a client that signs with a key of its own has no secret`() throws {
        let key: JSON = ["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]
        let keys: [String: JSON] = ["token_endpoint_auth_method": "private_key_jwt", "jwks": ["keys": [key]]]
        let made = try fixture.clients.register(good(keys))
        #expect(made.secret == nil && made.client.sealedSecret == nil)
        #expect(made.json["jwks"] == ["keys": [key]])
        let other = try fixture.clients.register(good(["client_id": "demo"]))
        #expect(other.client.sealedSecret != nil)
        var change = ClientChange()
        change.metadata = keys
        #expect(try fixture.clients.change("demo", change).client.sealedSecret == nil)
        change.metadata = ["token_endpoint_auth_method": .null]
        #expect(try fixture.clients.change("demo", change).secret != nil, "it needs one again")
    }

    @Test func `a client that isn't there is answered with the nearest id`() throws {
        _ = try fixture.clients.register(good(["client_id": "demo"]))
        #expect(fixture.refusal { _ = try fixture.clients.client("dmo") }?.hasSuffix("Did you mean \"demo\"?") == true)
        #expect(fixture.refusal { _ = try fixture.clients.client("Demo") }?.hasSuffix("is \"demo\"") == true)
        #expect(try fixture.clients.remove("demo").id.value == "demo")
        #expect(try fixture.clients.clients().isEmpty)
    }

    @Test func `a list has every client, however many`() throws {
        let template = try fixture.clients.register(good(["client_id": "c0"])).client
        for number in 1...1_001 {
            try fixture.store.add(
                Client(
                    id: ClientID("c\(number)"), metadata: template.metadata, sealedSecret: nil, preset: .standard,
                    isFirstParty: true, createdAt: template.createdAt, updatedAt: template.updatedAt))
        }
        #expect(Set(try fixture.clients.clients().map(\.id)).count == 1_002)
    }
}
