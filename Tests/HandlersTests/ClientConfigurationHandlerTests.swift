import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// RFC 7592 §2.
struct ClientConfigurationHandlerTests {
    private let fixture: HandlerFixture
    private let made: JSON
    private let uri: String
    private let token: String
    private let id: String

    init() throws {
        fixture = try HandlerFixture()
        made = try fixture.register(
            ["client_id": "orders", "client_name": "Orders", "contacts": ["ann@app.example"]], by: fixture.issue()
        ).json()
        uri = String(try #require(made["registration_client_uri"]?.stringValue).split(separator: "/").last ?? "")
        token = try #require(made["registration_access_token"]?.stringValue)
        id = try #require(made["client_id"]?.stringValue)
    }

    /// What a good update sends, changed.
    private func update(_ change: [String: JSON?] = [:]) -> [String: JSON] {
        var members: [String: JSON] = [
            "client_id": .string(id), "redirect_uris": ["https://app.example/second"],
        ]
        for (name, value) in change { members[name] = value }
        return members
    }

    @Test func `a client reads what it registered, and the token that it came by`() throws {
        let response = fixture.configure(.get, uri, by: token)
        #expect(response.status == .ok && response[.cacheControl]?.text == "no-store")
        #expect(try response.json() == made)
    }

    // §2.2: "Valid values of client metadata fields in this request MUST replace, not augment, the values previously
    // associated with this client. Omitted fields MUST be treated as null or empty values by the server".
    @Test func `what an update doesn't name is gone`() throws {
        let response = fixture.configure(.put, uri, by: token, update(["client_name": "Renamed"]))
        #expect(response.status == .ok)
        let answer = try response.json()
        #expect(answer["client_name"] == "Renamed" && answer["contacts"] == nil)
        #expect(answer["redirect_uris"] == ["https://app.example/second"])
        #expect(
            answer["client_secret"] == made["client_secret"] && answer["registration_access_token"] == .string(token))
        #expect(try fixture.store.client(ClientID(id))?.metadata.name == "Renamed")
        #expect(try fixture.store.client(ClientID(id))?.preset == .mendix)
        #expect(try fixture.configure(.get, uri, by: token).json() == answer)
    }

    @Test(
        arguments: [
            ["client_id": nil], ["client_id": "app"], ["client_secret": "another secret!!"], ["client_secret": 7],
            ["registration_access_token": "x"], ["registration_client_uri": "x"], ["client_secret_expires_at": 0],
            ["client_id_issued_at": 0], ["redirect_uris": nil], ["redirect_uris": ["http://app.example/"]],
            ["scope": "openid clerk"], ["scope": "postern:admin"], ["grant_types": ["client_credentials"]],
            ["served_resources": ["https://api.example/"]], ["rotate_registration_access_token": "yes"],
            ["token_endpoint_auth_method": "none", "client_secret": "another secret!!"],
        ] as [[String: JSON?]])
    func `a faulty update is refused, and changes nothing`(change: [String: JSON?]) throws {
        let before = try fixture.rows()
        let response = fixture.configure(.put, uri, by: token, update(change))
        #expect(response.status == .badRequest)
        #expect(["invalid_client_metadata", "invalid_redirect_uri"].contains(response.error))
        #expect(try fixture.rows() == before)
    }

    // §2.2, §2.3: "If the client does not have permission to […], the authorization server MUST respond with […] 403".
    @Test func `one that a file declares reads itself, and is changed by that file alone`() throws {
        let store = fixture.store
        try store.apply([.assign(.client(ClientID(id)), to: "clients.d/orders.yaml")], at: store.generation())
        let before = try fixture.rows()
        for response in [
            fixture.configure(.put, uri, by: token, update()), fixture.configure(.delete, uri, by: token),
        ] {
            #expect(response.status == .forbidden && response.error == "access_denied")
            #expect(response[.wwwAuthenticate] == nil, "another token is no better")
        }
        #expect(try fixture.rows() == before)
        #expect(fixture.configure(.get, uri, by: token).status == .ok)
        try store.apply([.assign(.client(ClientID(id)), to: nil)], at: store.generation())
        #expect(fixture.configure(.delete, uri, by: token).status == .noContent)
    }

    @Test func `its secret may be sent along`() throws {
        let secret = made["client_secret"]
        #expect(fixture.configure(.put, uri, by: token, update(["client_secret": secret])).status == .ok)
    }

    @Test func `a client that becomes public loses its secret, and is given another when it comes back`() throws {
        let open = try fixture.configure(.put, uri, by: token, update(["token_endpoint_auth_method": "none"])).json()
        #expect(open["client_secret"] == nil)
        let back = try fixture.configure(.put, uri, by: token, update()).json()
        #expect(back["client_secret"]?.stringValue?.count == 43 && back["client_secret"] != made["client_secret"])
    }

    @Test func `consent and preset are the administrator's`() throws {
        let asked = update(["first_party": false, "preset": "standard"])
        #expect(fixture.configure(.put, uri, by: token, asked).status == .ok)
        let client = try #require(try fixture.store.client(ClientID(id)))
        #expect(client.isFirstParty && client.preset == .mendix)
    }

    @Test func `an update that meets another goes by what that one left`() throws {
        let fixture = fixture
        let id = id
        fixture.beforeWriting {
            var client = try #require(try fixture.store.client(ClientID(id)))
            client.isFirstParty = false
            try fixture.store.replace(client)
        }
        #expect(fixture.configure(.put, uri, by: token, update()).status == .ok)
        #expect(try fixture.store.client(ClientID(id))?.isFirstParty == false)
    }

    @Test func `a new token is given on request, and the old one serves until the new one is used`() throws {
        let asked = update(["rotate_registration_access_token": true])
        let next = try #require(
            try fixture.configure(.put, uri, by: token, asked).json()["registration_access_token"]?.stringValue)
        #expect(next != token)
        #expect(fixture.configure(.get, uri, by: token).status == .ok, "the answer may have been lost")
        #expect(try fixture.configure(.get, uri, by: next).json()["registration_access_token"] == .string(next))
        #expect(fixture.configure(.get, uri, by: token).status == .unauthorized)
        #expect(fixture.configure(.get, uri, by: next).status == .ok)
    }

    @Test func `a client removes itself, with what it was granted`() throws {
        let browser = HandlerBrowser(fixture)
        let tokens = try browser.token(try browser.code()).json()
        let bearer = "Bearer \(tokens["access_token"]?.stringValue ?? "")"
        #expect(browser.userInfo(bearer).status == .ok)

        let response = fixture.configure(.delete, uri, by: token)
        #expect(response.status == .noContent && response.body.isEmpty)
        #expect(try fixture.store.client(ClientID(id)) == nil)
        for method in [Method.get, .put, .delete] {
            let after = fixture.configure(method, uri, by: token, update())
            #expect(after.status == .unauthorized && after.error == "invalid_token")
        }
        #expect(browser.userInfo(bearer).status == .ok, "another's stay")
    }

    @Test(arguments: [Method.get, .put, .delete])
    func `another's token opens nothing`(method: Method) throws {
        let other = try fixture.register(["client_id": "else"], by: fixture.issue()).json()
        let token = try #require(other["registration_access_token"]?.stringValue)
        let initial = try fixture.issue()
        let before = try fixture.rows()
        for (registration, token) in [(uri, token), (uri, initial), ("app", token), ("", token), (id, self.token)] {
            let response = fixture.configure(method, registration, by: token, update())
            #expect(response.status == .unauthorized && response.error == "invalid_token")
            #expect(response[.wwwAuthenticate]?.text.hasPrefix("Bearer realm=\"registration\"") == true)
        }
        #expect(try fixture.rows() == before)
    }

    @Test func `what was registered by a token that has been withdrawn stays bound by it`() throws {
        let permit = RegistrationPermit(redirectHosts: ["app.example"].compactMap(RedirectHost.init))
        let made = try fixture.register([:], by: fixture.issue(permit)).json()
        let id = try #require(made["client_id"]?.stringValue)
        let uri = String(try #require(made["registration_client_uri"]?.stringValue).split(separator: "/").last ?? "")
        let token = try #require(made["registration_access_token"]?.stringValue)
        let asked = update(["client_id": .string(id), "redirect_uris": ["https://evil.example/"]])
        #expect(fixture.configure(.put, uri, by: token, asked).error == "invalid_redirect_uri")
    }
}
