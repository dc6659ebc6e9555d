import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// Who is shown what a sign-in would come to, and of whom.
struct ExplanationRouteTests {
    private let fixture: HandlerFixture
    private let ann: User

    init() throws {
        fixture = try HandlerFixture()
        ann = try #require(try fixture.store.user(named: Username("ann")))
        try fixture.store.add(try fixture.user("bob", "another-user"))
        _ = try RoleAdministration(store: fixture.store).createOwn()
    }

    /// By ann, who holds these.
    private func explain(_ query: [(String, String)] = [], holding scopes: [AdministrationScope]) throws -> JSON {
        var caller = ann
        caller.roles = Set(scopes.map { RoleID($0.rawValue) })
        let session = Session(
            id: SessionID("session"), userID: ann.id, authTime: fixture.now, amr: [], acr: "1",
            createdAt: fixture.now, lastUsedAt: fixture.now, expiresAt: fixture.now + 60, sidKey: [])
        let signedIn = try #require(SignedIn(session, of: caller, idle: 60, at: fixture.now))
        let response = try AdministrationOperations(provider: fixture.provider).perform(
            ["clients", "app", "explanation"],
            by: AdministrationCaller(signedIn, in: try fixture.store.catalogue()),
            Request(
                method: .get, handler: "administration", query: FormEncoding.encode(query), remoteAddress: "192.0.2.1"))
        return try JSON(parsing: response.body)
    }

    private func problem(
        _ query: [(String, String)], holding scopes: [AdministrationScope] = [.readClients, .readUsers]
    ) throws -> AdministrationProblem {
        let error = try #require(throws: (any Error).self) { _ = try explain(query, holding: scopes) }
        return try #require(AdministrationProblem(error))
    }

    @Test func `whoever sees apps may try them as themselves`() throws {
        for query in [[], [("user", "ann")], [("user", ann.id.value)]] {
            let told = try explain(query, holding: [.readClients])
            #expect(told["user"]?["username"] == "ann" && told["claims"]?["access_token"]?["iss"] != nil)
        }
    }

    @Test func `another user is for those who see users, and so is whether there is one`() throws {
        for name in ["bob", "another-user", "nobody"] {
            let refused = try problem([("user", name)], holding: [.readClients])
            #expect(refused.status == .forbidden && refused.member == "user")
        }
        for name in ["bob", "another-user"] {
            let told = try explain([("user", name)], holding: [.readClients, .readUsers])
            #expect(told["user"]?["sub"] == "another-user")
        }
        #expect(try problem([("user", "nobody")]).status == .notFound)
    }

    @Test func `whoever sees no apps is told of none, and which scope is lacking`() {
        let lacking = #expect(throws: AdministrationOperations.LackingScope.self) {
            _ = try explain(holding: [.readUsers])
        }
        #expect(lacking?.scope == .readClients)
    }

    // Where another's browser is, the administrator's doesn't tell.
    @Test func `the caller's address is assumed of the caller alone`() throws {
        func assumed(_ query: [(String, String)]) throws -> JSON? {
            try explain(query, holding: [.readClients, .readUsers])["assumed"]
        }
        #expect(try assumed([])?["address"] == "192.0.2.1")
        #expect(try assumed([("user", "bob")])?["address"] == .null)
        let said = try assumed([("user", "bob"), ("address", "198.51.100.7"), ("acr", "urn:mfa")])
        #expect(said?["address"] == "198.51.100.7" && said?["acr"] == "urn:mfa")
        #expect(said?["text"]?.stringValue?.contains("198.51.100.7") == true)
        let service = try assumed([("grant_type", "client_credentials")])
        #expect(service?["address"] == nil && service?["acr"] == nil && service?["scope_from"] == "allowed")
    }

    // RFC 6749 §3.3
    @Test func `without scope it is the app's default_scope, as in a request`() throws {
        #expect(try explain(holding: [.readClients])["assumed"]?["scope_from"] == "allowed")
        var client = try #require(try fixture.store.client(ClientID("app")))
        client.metadata.defaultScope = try Scope("email")
        try fixture.store.replace(client)
        let told = try explain(holding: [.readClients])
        #expect(told["requested"] == "email" && told["assumed"]?["scope_from"] == "default_scope")
        #expect(told["request"]?["parameters"]?["scope"] == nil, "the request says nothing")
        let asked = try explain([("scope", "openid")], holding: [.readClients])
        #expect(asked["requested"] == "openid" && asked["assumed"]?["scope_from"] == "question")
    }

    @Test(
        arguments: [
            ("grant_type", "password"), ("prompt", "signin"), ("address", "office"), ("scope", "a\"b"),
            ("resource", "https://api.example/"),
        ])
    func `a faulty parameter is named`(name: String, value: String) throws {
        let refused = try problem([(name, value)])
        #expect(refused.status == .badRequest && refused.member == name && refused.detail.contains(value))
    }

    @Test func `a parameter that nobody knows is refused, and named`() throws {
        let one = try problem([("promt", "none")])
        #expect(one.status == .badRequest && one.detail.contains("no parameter \"promt\". Did you mean \"prompt\"?"))
        #expect(
            try problem([("a", "1"), ("scope", "openid"), ("b", "")]).detail.contains("no parameter \"a\", \"b\". This")
        )
        let twice = try problem([("scope", "openid"), ("user", "bob"), ("scope", "email")])
        #expect(twice.status == .badRequest && twice.member == "scope" && twice.detail.contains("scope was sent"))
        let long = try problem([("acr", String(repeating: "a", count: 256))])
        #expect(long.detail == "acr has more than 255 bytes" && long.member == "acr")
    }

    @Test func `a grant without a user has none`() throws {
        #expect(try problem([("user", "ann"), ("grant_type", "client_credentials")]).member == "user")
        let told = try explain([("grant_type", "client_credentials")], holding: [.readClients])
        #expect(told["user"] == .null && told["obstacle"]?.stringValue?.contains("unauthorized_client") == true)
    }
}
