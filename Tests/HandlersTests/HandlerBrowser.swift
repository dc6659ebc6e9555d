import FCGIBridge
import JOSE
import OIDCLogic

@testable import Handlers

/// A browser: it keeps cookies, and fills in the forms that it is shown.
final class HandlerBrowser {
    /// RFC 7636, Appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    let fixture: HandlerFixture
    var cookies: [String: String] = [:]

    init(_ fixture: HandlerFixture) { self.fixture = fixture }

    func send(
        _ method: Method, _ handler: HandlerName, _ fields: [(name: String, value: String)],
        contentType: String = "application/x-www-form-urlencoded", mode: String = "navigate",
        cookie: String? = nil, body: [UInt8]? = nil, tail: String = ""
    ) -> Response {
        let text = FormEncoding.encode(fields)
        let kept = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let request = Request(
            method: method, handler: handler.rawValue, tail: tail, query: method == .get ? text : "",
            body: body ?? (method == .post ? Array(text.utf8) : []),
            headers: ["Cookie": cookie ?? kept, "Content-Type": contentType, "Sec-Fetch-Mode": mode])
        let response = fixture.respond(handler, request)
        for header in response.headers where header.name == .setCookie { keep(header.value.text) }
        return response
    }

    private func keep(_ header: String) {
        let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        cookies[String(pair[0])] = header.contains("Max-Age=0") ? nil : String(pair[1])
    }

    // MARK: Steps

    func authorize(_ client: String = "app", _ change: Change = [:], method: Method = .get) -> Response {
        send(method, .authorize, Self.authorization(of: client).changed(by: change).fields)
    }

    static func authorization(of client: String) -> [String: String] {
        [
            "client_id": client, "redirect_uri": "https://\(client).example/callback", "response_type": "code",
            "scope": "openid email", "state": "the state", "nonce": "the nonce", "code_challenge": challenge,
            "code_challenge_method": "S256",
        ]
    }

    /// Sends the login form of a page. `user` may be no user.
    func login(on page: Response, as user: String = "ann", _ change: Change = [:], mode: String = "navigate")
        -> Response
    {
        let good = ["username": user, "password": HandlerFixture.password].merging(page.hidden) { $1 }
        return send(.post, .login, good.changed(by: change).fields, mode: mode)
    }

    /// Sends the consent form of a page.
    func allow(on page: Response, _ change: Change = [:], mode: String = "navigate") -> Response {
        send(.post, .consent, ["decision": "allow"].merging(page.hidden) { $1 }.changed(by: change).fields, mode: mode)
    }

    /// Follows a redirect back to `authorize`.
    func follow(_ response: Response) throws -> Response {
        send(.get, .authorize, try response.answer)
    }

    /// A code for `client`, by way of whatever pages are shown.
    func code(_ client: String = "app", _ change: Change = [:]) throws -> String {
        var response = authorize(client, change)
        if response.shows("password") { response = login(on: response) }
        if response.leads(to: "https://login.example/oidc/authorize?") { response = try follow(response) }
        if response.shows("decision") { response = allow(on: response) }
        return try response.parameter("code").orThrow("there is no code in \(response)")
    }

    func token(
        _ code: String, of client: String = "app", _ change: Change = [:],
        contentType: String = "application/x-www-form-urlencoded", repeating: String? = nil
    ) -> Response {
        let good = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": "https://\(client).example/callback",
            "client_id": client, "client_secret": "the secret of \(client)", "code_verifier": Self.verifier,
        ]
        var fields = good.changed(by: change).fields
        if let repeating { fields.append((repeating, good[repeating] ?? "")) }
        let request = Request(
            method: .post, handler: "token", body: Array(FormEncoding.encode(fields).utf8),
            headers: ["Content-Type": contentType])
        return fixture.respond(.token, request)
    }

    /// Whether introspection calls a token of this client's active.
    func isActive(_ token: String, of client: String) throws -> Bool {
        let fields = ["client_id": client, "client_secret": "the secret of \(client)", "token": token].fields
        let answer = fixture.respond(
            .introspect,
            Request(
                method: .post, handler: "introspect", body: Array(FormEncoding.encode(fields).utf8),
                headers: ["Content-Type": "application/x-www-form-urlencoded"]))
        return try answer.json()["active"] == true
    }

    func userInfo(_ authorization: String?) -> Response {
        let headers: KeyValuePairs<String, String> =
            if let authorization { ["Authorization": authorization] } else { [:] }
        return fixture.respond(.userinfo, Request(handler: "userinfo", headers: headers))
    }
}

extension Response {
    var text: String { String(decoding: body, as: UTF8.self) }

    func json() throws -> JSON { try JSON(parsing: body) }

    /// What a JSON answer or a redirect says is wrong.
    var error: String? { (try? json()["error"]?.stringValue) ?? (try? parameter("error")) }

    func leads(to prefix: String) -> Bool { self[.location]?.text.hasPrefix(prefix) ?? false }

    /// The parameters of the address that it leads to.
    var answer: [(name: String, value: String)] {
        get throws {
            let address = try self[.location].orThrow("\(status.code) leads nowhere").text
            return try Request(query: String(address.drop { $0 != "?" }.dropFirst())).queryFields()
        }
    }

    func parameter(_ name: String) throws -> String? { try answer.first { $0.name == name }?.value }

    /// Whether it is a page with a field of that name.
    func shows(_ field: String) -> Bool { text.contains("name=\"\(field)\"") }

    /// The hidden fields of its form.
    var hidden: [String: String] {
        var fields: [String: String] = [:]
        for name in ["attempt", "token"] {
            let parts = text.split(separator: "name=\"\(name)\" value=\"", maxSplits: 1)
            if parts.count == 2 { fields[name] = String(parts[1].prefix { $0 != "\"" }) }
        }
        return fields
    }
}

extension [String: String] {
    var fields: [(name: String, value: String)] { map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name } }
}

extension Optional {
    func orThrow(_ text: String) throws -> Wrapped {
        guard let self else { throw Missing(text: text) }
        return self
    }
}

struct Missing: Error {
    let text: String
}
