import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// Who the audit log says has done what is asked for at the endpoints.
struct AuditHandlerTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser
    private static let ann = UserID("7b0e1c5e-3f0a-4d5c-9a51-0d2c6f1f2a11")

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
    }

    private func rows(_ change: () throws -> Void) throws -> [AuditRecord] {
        let end = try fixture.store.auditEnd()
        try change()
        return try fixture.store.auditRecords(after: end, limit: 100)
    }

    /// As requests are made in these tests.
    private func actor(_ who: AuditActor.Who, _ road: AuditActor.Road) -> AuditActor {
        AuditActor(who, by: road, from: "127.0.0.1", requestID: "000000000000")
    }

    @Test func `a sign-in is the user's, at the app that they came to, and its code is told of no more`() throws {
        var code = ""
        let rows = try rows { code = try browser.code() }
        #expect(rows.map(\.event) == [.sessionStarted])
        #expect(rows[0].actor == actor(.user(Self.ann), .signIn))
        #expect(rows[0].clientID == ClientID("app") && rows[0].userID == Self.ann && rows[0].at == fixture.now)
        #expect(rows[0].change.after == ["username": "ann", "acr": "1", "amr": ["pwd"]])
        let more = try self.rows {
            #expect(browser.token(code).status == .ok)
            for _ in 0..<2 {
                let code = try browser.code()
                #expect(browser.token(code).status == .ok)
            }
        }
        #expect(more.isEmpty, "code flows in a session that is there")
    }

    @Test func `a failed sign-in is no row`() throws {
        let rows = try rows {
            #expect(browser.login(on: browser.authorize(), ["password": "wrong"]).shows("password"))
            #expect(browser.login(on: browser.authorize(), ["username": "nobody"]).shows("password"))
        }
        #expect(rows.isEmpty)
    }

    @Test func `signing in again renews, and signing out ends`() throws {
        _ = try browser.code()
        let again = try rows { _ = browser.login(on: browser.authorize("app", ["prompt": "login"])) }
        #expect(again.map(\.event) == [.sessionRenewed])
        try fixture.store.add(fixture.user("bob", "b"))
        let other = try rows { _ = browser.login(on: browser.authorize("app", ["prompt": "login"]), as: "bob") }
        #expect(other.map(\.event) == [.sessionEnded, .sessionStarted])
        #expect(other.map(\.userID) == [Self.ann, UserID("b")])
        #expect(other.allSatisfy { $0.actor == actor(.user(UserID("b")), .signIn) })
        let page = browser.send(.get, .logout, [])
        let end = try rows { _ = browser.send(.post, .logout, page.hidden.fields) }
        #expect(end.map(\.event) == [.sessionEnded] && end[0].actor == actor(.user(UserID("b")), .signIn))
    }

    @Test func `consent is the user's`() throws {
        let rows = try rows { _ = try browser.code("third") }
        #expect(rows.map(\.event) == [.sessionStarted, .consentGiven])
        #expect(rows[1].actor == actor(.user(Self.ann), .signIn) && rows[1].clientID == ClientID("third"))
    }

    @Test func `a registration is its token's, and what the client does with it the client's`() throws {
        let token = try fixture.issue()
        let id = try fixture.store.initialAccessTokens(before: nil, limit: 1)[0].id
        var made: JSON = .null
        let added = try rows { made = try fixture.register(["client_id": "orders"], by: token).json() }
        #expect(added.map(\.event) == [.clientAdded])
        #expect(added[0].actor == actor(.registrationToken(id), .registration))
        let uri = String(made["registration_client_uri"]?.stringValue?.split(separator: "/").last ?? "")
        let access = made["registration_access_token"]?.stringValue ?? ""
        let changed = try rows {
            let members: [String: JSON] = ["client_id": "orders", "redirect_uris": ["https://app.example/2"]]
            #expect(fixture.configure(.put, uri, by: access, members).status == .ok)
            #expect(fixture.configure(.get, uri, by: access).status == .ok)
            #expect(fixture.configure(.delete, uri, by: "wrong").status == .unauthorized)
            #expect(fixture.configure(.delete, uri, by: access).status == .noContent)
        }
        #expect(changed.map(\.event) == [.clientChanged, .clientRemoved])
        #expect(changed.allSatisfy { $0.actor == actor(.client(ClientID("orders")), .registration) })
        #expect(
            changed[0].change
                == AuditChange(
                    before: ["redirect_uris": ["https://app.example/callback"]],
                    after: ["redirect_uris": ["https://app.example/2"]]))
        let text = try fixture.store.auditRecords(after: 0, limit: 100).map(\.json.text).joined()
        for secret in [token, access, made["client_secret"]?.stringValue ?? ""] { #expect(!text.contains(secret)) }
    }

    @Test func `whoever registers without a token is anonymous`() throws {
        var settings = RegistrationSettings()
        settings.open = .open
        let open = try HandlerFixture(registration: settings)
        #expect(open.register(["client_id": "orders"], by: nil).status == .created)
        let row = try open.store.auditRecords(after: open.store.auditEnd() - 1, limit: 1)[0]
        #expect(row.event == .clientAdded && row.actor == actor(.anonymous, .registration))
    }

    @Test func `a code that comes again is told of once, as its client's doing`() throws {
        let code = try browser.code()
        #expect(browser.token(code).status == .ok)
        let rows = try rows { for _ in 0..<3 { #expect(browser.token(code).error == "invalid_grant") } }
        #expect(rows.map(\.event) == [.grantRevoked])
        #expect(rows[0].actor == actor(.client(ClientID("app")), .token) && rows[0].userID == Self.ann)
        #expect(rows[0].change.after == ["reason": "code_reused"])
    }

    @Test func `so is a refresh token; what its client revokes itself is everyday`() throws {
        try fixture.add("offline", metadata: ["grant_types": ["authorization_code", "refresh_token"]])
        func post(_ handler: HandlerName, _ fields: [String: String]) throws -> JSON {
            let good = ["client_id": "offline", "client_secret": "the secret of offline"].merging(fields) { $1 }
            let request = Request(
                method: .post, handler: handler.rawValue, body: Array(FormEncoding.encode(good.fields).utf8),
                headers: ["Content-Type": "application/x-www-form-urlencoded"])
            return try fixture.respond(handler, request).json()
        }
        func refresh(_ token: String) throws -> String? {
            let answer = try post(.token, ["grant_type": "refresh_token", "refresh_token": token])
            return answer["refresh_token"]?.stringValue
        }
        func tokens() throws -> String {
            let code = try browser.code("offline", ["scope": "openid offline_access"])
            let answer = try browser.token(code, of: "offline").json()
            return try (answer["refresh_token"]?.stringValue).orThrow("there is no refresh token")
        }
        let first = try tokens()
        let second = try tokens()
        let rows = try rows {
            let next = try refresh(first).orThrow("not refreshed")
            _ = try refresh(next).orThrow("not refreshed")
            let reused = try refresh(first)
            _ = try post(.revoke, ["token": second])
            let revoked = try refresh(second)
            #expect(reused == nil && revoked == nil)
        }
        #expect(rows.map(\.event) == [.grantRevoked])
        #expect(rows[0].actor == actor(.client(ClientID("offline")), .token))
        #expect(rows[0].change.after == ["reason": "refresh_token_reused"])
    }
}
