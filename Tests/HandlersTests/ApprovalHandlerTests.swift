import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// Apps that wait until an administrator has looked at them.
struct ApprovalHandlerTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser
    private let made: JSON
    private let uri: String
    private let access: String

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
        made = try fixture.register(
            [
                "client_id": "orders", "client_name": "Orders", "client_secret": "the secret of orders",
                "redirect_uris": ["https://orders.example/callback"],
            ], by: fixture.issue(RegistrationPermit(needsApproval: true))
        ).json()
        uri = String(try #require(made["registration_client_uri"]?.stringValue).split(separator: "/").last ?? "")
        access = try #require(made["registration_access_token"]?.stringValue)
    }

    private var clients: ClientAdministration {
        ClientAdministration(
            store: fixture.store, seal: { HandlerFixture.seal }, sectors: .fixture(),
            now: { [now = fixture.now] in now })
    }

    /// As it is.
    private func approve(_ id: String, isFirstParty: Bool? = nil) throws -> Client {
        try clients.approve(id, seenAs: clients.client(id).version, isFirstParty: isFirstParty)
    }

    private func change(_ change: [String: JSON]) -> Response {
        let good: [String: JSON] = [
            "client_id": "orders", "client_name": "Orders", "redirect_uris": ["https://orders.example/callback"],
        ]
        return fixture.configure(.put, uri, by: access, good.merging(change) { $1 })
    }

    @Test func `a client that waits is there, and says so`() throws {
        #expect(made["awaits_approval"] == true)
        #expect(try fixture.configure(.get, uri, by: access).json() == made)
        #expect(try clients.client("orders").json["awaits_approval"] == true)
        #expect(fixture.register(["client_id": "orders"], by: try fixture.issue()).status == .badRequest)
        #expect(change(["client_name": "Renamed", "awaits_approval": false]).status == .ok)
        let client = try clients.client("orders")
        #expect(client.approval == .awaited && client.metadata.name == "Renamed", "what it sends ends no waiting")
        #expect(fixture.configure(.delete, uri, by: access).status == .noContent)
    }

    @Test func `users see a page, and are redirected nowhere`() throws {
        for change in [[:], ["prompt": "none"], ["response_type": "token"], ["response_mode": "form_post"]] as [Change]
        {
            let page = browser.authorize("orders", change)
            #expect(page.status == .forbidden && page[.location] == nil)
            #expect(page.text.contains("not open yet") && !page.text.contains("orders.example"))
        }
        _ = try approve("orders")
        #expect(browser.authorize("orders").status == .ok)
    }

    @Test func `it gets no token, and sees nobody's`() throws {
        let form = ["client_id": "orders", "client_secret": "the secret of orders"]
        func post(_ handler: HandlerName, _ fields: [String: String]) -> Response {
            fixture.respond(
                handler,
                Request(
                    method: .post, handler: handler.rawValue,
                    body: Array(FormEncoding.encode(form.merging(fields) { $1 }.fields).utf8),
                    headers: ["Content-Type": "application/x-www-form-urlencoded"]))
        }
        for (handler, fields) in [
            (.token, ["grant_type": "authorization_code", "code": "x"]),
            (.token, ["grant_type": "client_credentials"]), (.introspect, ["token": "x"]), (.revoke, ["token": "x"]),
        ] as [(HandlerName, [String: String])] {
            let refused = post(handler, fields)
            #expect(refused.status == .badRequest && refused.error == "unauthorized_client", "\(handler)")
        }
        #expect(post(.introspect, ["token": "x", "client_secret": "wrong"]).error == "invalid_client")
        _ = try approve("orders")
        #expect(post(.introspect, ["token": "x"]).status == .ok)
    }

    @Test func `approval is an administrator's, and theirs is the question of consent`() throws {
        let approved = try approve("orders")
        #expect(approved.approval == .given && approved.isFirstParty)
        #expect(try fixture.configure(.get, uri, by: access).json()["awaits_approval"] == nil)
        #expect(try approve("orders") == approved, "again is a success")
        #expect(throws: AdministrationError.self) { try approve("orders", isFirstParty: false) }
        #expect(throws: AdministrationError.self) { try approve("nobody") }
        let row = try fixture.store.auditRecords(after: fixture.store.auditEnd() - 1, limit: 1)[0]
        #expect(row.event == .clientApproved && row.clientID == ClientID("orders"))
    }

    @Test func `whoever approves may have its users asked`() throws {
        #expect(try !approve("orders", isFirstParty: false).isFirstParty)
        let asking = RegistrationPermit(isFirstParty: false, needsApproval: true)
        _ = fixture.register(["client_id": "asks"], by: try fixture.issue(asking))
        #expect(try !approve("asks").isFirstParty, "as its token says")
        _ = fixture.register(["client_id": "second"], by: try fixture.issue(asking))
        #expect(try approve("second", isFirstParty: true).isFirstParty)
    }

    @Test func `nobody approves by a change of metadata`() throws {
        for value in [false, JSON.null] {
            var change = ClientChange()
            change.metadata["awaits_approval"] = value
            #expect(throws: AdministrationError.self) { try clients.change("orders", change) }
        }
        var change = ClientChange()
        change.metadata["client_name"] = "Other"
        #expect(try clients.change("orders", change).client.approval == .awaited)
    }

    @Test func `before approval it changes as its permit allows, after it only what leads nowhere else`() throws {
        let elsewhere: [String: JSON] = ["redirect_uris": ["https://other.example/"]]
        #expect(change(elsewhere).status == .ok)
        #expect(change([:]).status == .ok)
        _ = try approve("orders")
        let before = try fixture.rows()
        let refused = change(elsewhere)
        #expect(refused.status == .badRequest && refused.error == "invalid_redirect_uri")
        #expect(change(["client_name": "Payroll"]).error == "invalid_client_metadata")
        #expect(change(["subject_type": "pairwise"]).error == "invalid_client_metadata")
        #expect(change(["scope": "openid offline_access"]).error == "invalid_client_metadata")
        #expect(try fixture.rows() == before)
        #expect(change(["contacts": ["ann@app.example"]]).status == .ok)
        var given = ClientChange()
        given.addedRedirectURIs = ["https://other.example/"]
        _ = try clients.change("orders", given)
        #expect(change(elsewhere).status == .ok, "what an administrator has added since is approved, too")
    }

    @Test func `without a scope it is given what was approved of the default`() throws {
        #expect(change(["scope": "openid email"]).status == .ok)
        _ = try approve("orders")
        let kept = change([:])
        #expect(try kept.status == .ok && kept.json()["scope"] == "openid email", "\(kept.text)")
        #expect(try change(["scope": ""]).json()["scope"] == "openid email", "an empty text names none")
        #expect(change(["default_scope": "openid profile"]).error == "invalid_client_metadata")
    }

    @Test func `approval while it changes itself looks again`() throws {
        // Whoever approved saw the app as it was.
        let store = fixture.store
        let clients = clients
        let version = try clients.client("orders").version
        fixture.beforeWriting { _ = try clients.approve("orders", seenAs: version) }
        #expect(change(["client_name": "Payroll"]).status == .badRequest)
        #expect(try store.client(ClientID("orders"))?.metadata.name == "Orders")
    }

    @Test func `nobody approves what they have not seen`() throws {
        let seen = try clients.client("orders").version
        #expect(change(["client_name": "Payroll"]).status == .ok)
        let refused = #expect(throws: AdministrationError.self) { _ = try clients.approve("orders", seenAs: seen) }
        #expect(refused?.description.contains("has changed since version \(seen)") == true)
        #expect(try clients.client("orders").approval == .awaited)
    }

    @Test func `others register without waiting`() throws {
        let now = try fixture.register(["client_id": "now"], by: fixture.issue()).json()
        #expect(now["awaits_approval"] == nil)
        var settings = RegistrationSettings()
        settings.open = .openUponApproval
        let open = try HandlerFixture(registration: settings)
        let waits = try open.register(["client_id": "waits"], by: nil).json()
        #expect(waits["awaits_approval"] == true)
        #expect(try open.store.clientsAwaitingApproval(after: nil, limit: 9).map(\.id.value) == ["waits"])
    }

    @Test func `why says how to approve it`() throws {
        _ = browser.authorize("orders")
        fixture.store.settleObservations()
        let explained = try RefusalAdministration(store: fixture.store).explain("000000000000")
        #expect(
            explained.advice == [
                "look at it: postern client show orders",
                "then approve what you have seen: postern client approve orders --if-version 1",
            ])
    }
}
