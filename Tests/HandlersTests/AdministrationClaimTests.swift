import JOSE
import OIDCLogic
import Testing

@testable import Handlers

struct AdministrationClaimTests {
    private let fixture: AdministrationFixture

    init() throws {
        fixture = try AdministrationFixture()
        for id in ["hr", "shop"] {
            let metadata: JSON = ["client_id": .string(id), "redirect_uris": ["https://app.example.com/"]]
            _ = try fixture.clients.register(metadata)
        }
    }

    private static func nested(_ depth: Int) -> JSON {
        (1..<depth).reduce(JSON.array([])) { value, _ in .array([value]) }
    }

    private func claims(mendixProfile: Bool = false) -> ClaimAdministration {
        ClaimAdministration(
            store: fixture.store, settings: ClaimSettings(mendixProfile: mendixProfile),
            now: { AdministrationFixture.noon })
    }

    private func change(_ source: ClaimSource? = .constant(1)) -> ClaimChange {
        var change = ClaimChange()
        change.source = source
        return change
    }

    @Test func `a claim is defined, changed and removed`() throws {
        var wanted = change(.expression("user ->> 'department'"))
        wanted.scope = "profile"
        wanted.destinations = ["userinfo", "id_token"]
        wanted.isRequired = true
        let made = try claims().add("department", for: "hr", wanted)
        #expect(made.clientID == ClientID("hr"))
        #expect(made.json["in"] == ["id_token", "userinfo"])
        #expect(try claims().claim(made.id.value) == made)
        #expect(try claims().claim("department") == made)
        var later = ClaimChange()
        later.scope = ""
        later.destinations = []
        let changed = try claims().set("department", of: nil, later)
        #expect(changed.scope == nil && changed.destinations == nil && changed.isRequired)
        #expect(changed.source == made.source, "what isn't named stays")
        #expect(try claims().remove("department", of: "hr") == changed)
        #expect(try claims().claims().isEmpty)
    }

    @Test func `a name that several have wants a client, the global one goes before`() throws {
        let one = try claims().add("x", for: "hr", change())
        _ = try claims().add("x", for: "shop", change())
        #expect(fixture.refusal { _ = try claims().claim("x") }?.contains("hr, shop") == true)
        #expect(try claims().claim("x", of: "hr") == one)
        let global = try claims().add("x", for: nil, change())
        #expect(try claims().claim("x") == global)
        #expect(try claims().claims(of: "hr").map(\.clientID?.value) == [nil, "hr"])
        #expect(fixture.refusal { _ = try claims().claim("y") }?.contains("no such claim") == true)
        #expect(fixture.refusal { _ = try claims().add("x", for: "hr", change()) }?.contains("already") == true)
        #expect(fixture.refusal { _ = try claims().add("x", for: "none", change()) }?.contains("no client") == true)
    }

    @Test(
        arguments: [
            ("sub", .constant(1), "overwrite"), ("iss", .constant("x"), "overwrite"),
            ("/cnf/x", .constant(1), "overwrite"),
            ("email_verified", .constant(true), "overwrite"), ("com.mendix.user.roles", .constant(1), "Mendix"),
            ("a b", .constant(1), "no name"), ("", .constant(1), "no name"), ("x", .constant(.null), "always null"),
            ("x", .constant(.string(String(repeating: "a", count: 17_000))), "16384 bytes"),
            ("x", .expression("1 +"), "it ends too early"),
            ("x", .constant(AdministrationClaimTests.nested(17)), "nested deeper than 16"),
            ("x", .expression("readfile('/etc/passwd')"), "no such function: readfile"),
            ("x", .expression("load_extension('x')"), "may not be used"),
            (
                "x", .expression("(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n FROM c) SELECT n FROM c)"),
                "recursion"
            ),
            ("x", .expression("1; DROP TABLE client"), "no expression"),
        ] as [(String, ClaimSource, String)])
    func `what can't be a claim is refused when it is defined`(name: String, source: ClaimSource, reason: String) throws
    {
        let refusal = fixture.refusal { _ = try claims().add(name, for: nil, change(source)) }
        #expect(refusal?.contains(reason) == true, "\(refusal ?? "nothing")")
        #expect(try claims().claims().isEmpty)
    }

    @Test func `no claim stands in the way of another`() throws {
        _ = try claims().add("text", for: "hr", change(.attribute("x")))
        _ = try claims().add("object", for: nil, change(.constant(["a": 1])))
        _ = try claims().add("/outer/inner", for: nil, change())
        _ = try claims().add("/object/b", for: nil, change())
        _ = try claims().add("/text/x", for: "shop", change())
        _ = try claims().add("/address/floor", for: nil, change())
        for (name, client) in [("/text/x", "hr"), ("/text/y", nil), ("outer", "hr"), ("/outer/inner/most", nil)] {
            let refusal = fixture.refusal { _ = try claims().add(name, for: client, change()) }
            #expect(refusal?.contains("can't stand beside") == true, "\(name)")
        }
        #expect(fixture.refusal { _ = try claims().add("/email/x", for: nil, change()) }?.contains("\"email\"") == true)
    }

    private func constant(_ count: Int, in places: [String]? = nil) -> ClaimChange {
        var change = ClaimChange()
        change.source = .constant(.string(String(repeating: "a", count: count - 2)))
        change.destinations = places
        return change
    }

    @Test func `a constant that no token can carry is refused, unless it goes to none`() throws {
        for (count, places) in [(5_501, nil), (5_501, ["access_token", "userinfo"]), (7_001, ["id_token"])] {
            let said = fixture.refusal { _ = try claims().add("x", for: nil, constant(count, in: places)) }
            #expect(said?.contains("has a value of \(count) bytes") == true, "\(places ?? [])")
        }
        #expect(try claims().claims().isEmpty)
        _ = try claims().add("access", for: nil, constant(5_500))
        _ = try claims().add("id", for: nil, constant(7_000, in: ["id_token"]))
        _ = try claims().add("neither", for: nil, constant(16_384, in: ["userinfo", "introspection"]))
        #expect(fixture.refusal { _ = try claims().add("any", for: nil, constant(16_385, in: ["userinfo"])) } != nil)
    }

    @Test func `a large constant in a token is warned of`() throws {
        let large = try claims().add("large", for: nil, constant(1_001))
        #expect(try claims().warnings(about: large).first?.contains("1001 bytes, of the 5500") == true)
        let small = try claims().add("small", for: nil, constant(1_000))
        #expect(try claims().warnings(about: small).isEmpty)
        let elsewhere = try claims().add("elsewhere", for: nil, constant(1_001, in: ["userinfo"]))
        #expect(try claims().warnings(about: elsewhere).isEmpty)
        #expect(try claims().warnings(about: claims().add("x", for: nil, change())).isEmpty)
    }

    @Test func `a scope that releases a claim, and that nobody knows, is warned of`() throws {
        let hr = try fixture.store.client(ClientID("hr"))
        _ = try ScopeAdministration(store: fixture.store).add("orders:read")
        _ = try RoleAdministration(store: fixture.store).add("clerk", of: hr)
        func warning(_ scope: String, for client: String? = nil, policy: [PolicyRule] = []) throws -> String? {
            var wanted = change()
            wanted.scope = scope
            let made = try claims().add("x", for: client, wanted)
            defer { _ = try? claims().remove(made.id.value, of: nil) }
            return try ClaimAdministration(
                store: fixture.store, settings: ClaimSettings(), policy: policy, now: { AdministrationFixture.noon }
            ).warnings(about: made).first
        }
        for known in ["email", "offline_access", "orders:read", "clerk"] { #expect(try warning(known) == nil) }
        #expect(try warning("clerk", for: "hr") == nil)
        #expect(try warning("clerk", for: "shop")?.contains("a role of the app \"hr\"") == true)
        #expect(try warning("orders.read")?.contains("Did you mean \"orders:read\"?") == true)
        let rule = PolicyRule(
            name: "r", clients: [ClientID("hr")], scope: try Scope("reports"), effect: .grant, expression: "1")
        #expect(try warning("reports", policy: [rule]) == nil)
        #expect(try warning("reports", for: "hr", policy: [rule]) == nil)
        #expect(try warning("reports", for: "shop", policy: [rule])?.contains("it goes nowhere") == true)
    }

    @Test func `with the profile its names may be defined`() throws {
        _ = try claims(mendixProfile: true).add("com.mendix.user.roles", for: nil, change())
        let claim = try claims().claim("com.mendix.user.roles")
        #expect(try claims().objection(to: claim)?.contains("Mendix") == true, "and count no more when it is off")
    }

    @Test(arguments: ["id_tokens", "token"])
    func `an unknown place is named`(place: String) throws {
        var wanted = change()
        wanted.destinations = [place]
        #expect(fixture.refusal { _ = try claims().add("x", for: nil, wanted) }?.contains("userinfo") == true)
    }

    @Test(arguments: ["a b", "a\"b"])
    func `a scope is one name`(scope: String) throws {
        var wanted = change()
        wanted.scope = scope
        #expect(fixture.refusal { _ = try claims().add("x", for: nil, wanted) }?.contains("one name") == true)
    }
}
