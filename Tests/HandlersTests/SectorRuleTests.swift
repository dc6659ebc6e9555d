import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// What a `sector_identifier_uri` must answer when a client is registered or changed (OpenID Connect Registration §5).
struct SectorRuleTests {
    private static let uri = "https://sector.example/uris.json"
    private static let callback = "https://app.example/callback"

    private let fixture: HandlerFixture
    private let request: [String: JSON?] = [
        "client_id": "orders", "subject_type": "pairwise", "sector_identifier_uri": .string(uri),
    ]

    init() throws {
        fixture = try HandlerFixture()
        publish([Self.callback, "https://other.example/cb"])
    }

    private func publish(_ uris: [String]) {
        let json = JSON.array(uris.map(JSON.string))
        fixture.sectors.publish(String(decoding: json.serialized(), as: UTF8.self), at: Self.uri)
    }

    private func register(_ change: [String: JSON?] = [:]) throws -> Response {
        fixture.register(request.merging(change) { $1 }, by: try fixture.issue())
    }

    @Test func `a client whose redirect URIs are listed is of the sector, and told so`() throws {
        let response = try register()
        #expect(response.status == .created)
        #expect(try response.json()["subject_type"] == "pairwise")
        #expect(try response.json()["sector_identifier_uri"] == .string(Self.uri))
        #expect(fixture.sectors.calls == [Self.uri])
    }

    @Test func `it is looked at for subject type public too, since it may become pairwise`() throws {
        #expect(try register(["subject_type": nil, "client_id": "a"]).status == .created)
        #expect(try register(["subject_type": nil, "redirect_uris": ["https://x.example/"]]).status == .badRequest)
    }

    @Test(arguments: [
        ("[\"https://app.example/callback/\"]", 200, "\"https://app.example/callback\"; add it"),
        ("[]", 200, "doesn't list"), ("{\"redirect_uris\":[\"https://app.example/callback\"]}", 200, "JSON array"),
        ("[\"https://app.example/callback\",1]", 200, "array of strings"), ("[[]]", 200, "array of strings"),
        ("https://app.example/callback", 200, "JSON array"), ("", 200, "JSON array"),
        ("[\"https://app.example/callback\"] ]", 200, "JSON array"),
        ("[\"https://app.example/callback\"]", 302, "answers 302, a redirect"),
        ("[\"https://app.example/callback\"]", 404, "answers 404"),
        ("[\"https://app.example/callback\"]", 500, "answers 500"),
        ("[\"https://app.example/callback\"]", 204, "answers 204"),
    ])
    func `what doesn't list them is refused, by its address`(body: String, status: Int, words: String) throws {
        fixture.sectors.publish(body, status: status, at: Self.uri)
        let before = try fixture.rows()
        let response = try register()
        #expect(response.status == .badRequest && response.error == "invalid_client_metadata")
        let text = try response.json()["error_description"]?.stringValue ?? ""
        #expect(text.hasPrefix("sector_identifier_uri \"\(Self.uri)\" ") && text.contains(words), "\(text)")
        #expect(try fixture.rows() == before)
    }

    @Test(arguments: [
        (OutboundError.unreachable("\(uri): Timeout was reached"), "can't be fetched now: \(uri): Timeout was reached"),
        (
            OutboundError.forbidden("the address of \(uri) is not allowed by outbound.allow"),
            "may not be fetched: the a"
        ),
        (OutboundError.tooLong, "answers more than 262144 bytes"),
        (OutboundError.busy, "too many calls are under way; try again"),
    ])
    func `what can't be fetched is refused, and says so`(error: OutboundError, words: String) throws {
        fixture.sectors.fail(error, at: Self.uri)
        let before = try fixture.rows()
        let response = try register()
        #expect(response.status == .badRequest && response.error == "invalid_client_metadata")
        let text = try response.json()["error_description"]?.stringValue ?? ""
        #expect(text.hasPrefix("sector_identifier_uri") && text.contains(words), "\(text)")
        #expect(text.contains(Self.uri))
        #expect(try fixture.rows() == before)
    }

    @Test func `what is refused anyway calls nobody`() throws {
        for change in [["client_secret": "short"], ["client_id": "bad id"], ["scope": "a\"b"]] as [[String: JSON?]] {
            #expect(try register(change).status == .badRequest)
        }
        #expect(fixture.sectors.calls.isEmpty)
    }

    // MARK: Changes

    private func put(_ made: JSON, _ change: [String: JSON?]) throws -> Response {
        let registration = made["registration_client_uri"]?.stringValue?.split(separator: "/").last.map(String.init)
        var members: [String: JSON] = ["client_id": "orders", "redirect_uris": [.string(Self.callback)]]
        for (name, value) in change { members[name] = value }
        return fixture.configure(
            .put, registration ?? "", by: made["registration_access_token"]?.stringValue ?? "", members)
    }

    @Test func `it is looked at again when the redirect URIs change, and at no other change`() throws {
        let made = try register().json()
        fixture.sectors.fail(.unreachable("down"), at: Self.uri)
        #expect(try put(made, ["client_name": "Orders"]).status == .ok, "an outage is none of a registered client's")
        #expect(try put(made, ["redirect_uris": ["https://other.example/cb"]]).error == "invalid_client_metadata")
        publish(["https://other.example/cb"])
        #expect(try put(made, ["redirect_uris": ["https://other.example/cb"]]).status == .ok)
        #expect(try put(made, ["redirect_uris": [.string(Self.callback)]]).error == "invalid_client_metadata")
        #expect(fixture.sectors.calls.count == 4)
    }

    // RFC 7592 §2.2: "MAY ignore" what is omitted. By its default, every user would be another to the app.
    @Test func `an update that doesn't speak of subjects leaves them as they are`() throws {
        let made = try register().json()
        let answer = try put(made, ["client_name": "Orders"]).json()
        #expect(answer["subject_type"] == "pairwise" && answer["sector_identifier_uri"] == .string(Self.uri))
        let changed = try put(made, ["subject_type": "public", "sector_identifier_uri": .null]).json()
        #expect(changed["subject_type"] == "public" && changed["sector_identifier_uri"] == nil)
    }

    @Test func `an administrator's change says what it does to the app's users`() throws {
        _ = try register()
        let clients = Administration(fixture.provider).clients
        var change = ClientChange()
        change.metadata = ["client_name": "Orders"]
        #expect(try clients.change("orders", change).warning == nil)
        change.metadata = ["sector_identifier_uri": .null]
        #expect(try clients.change("orders", change).warning?.contains("another sub of each user") == true)
        change.metadata = ["subject_type": "public"]
        #expect(try clients.change("orders", change).warning != nil)
    }

    @Test func `a user who comes from elsewhere is never called like a pairwise identifier`() throws {
        #expect(throws: AdministrationError.self) { try UserID(choosing: "pairwise.x") }
        #expect(throws: Never.self) { try UserID(choosing: "pairwise") }
    }
}
