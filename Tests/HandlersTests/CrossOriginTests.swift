import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// Fetch Standard §3.3: pages of registered clients call the endpoints, and no others.
struct CrossOriginTests {
    private let fixture: HandlerFixture

    init() throws { fixture = try HandlerFixture() }

    private func answer(_ method: Method, origin: String?) throws -> Response {
        let headers: KeyValuePairs<String, String> =
            if let origin { ["Origin": origin] } else { [:] }
        return try CrossOrigin(fixture.provider, methods: HandlerName.userinfo.traits.methods).answer(
            Request(method: method, handler: "userinfo", headers: headers),
            UserInfoHandler(provider: fixture.provider).respond)
    }

    @Test func `a browser that asks is told what its page may do`() throws {
        let response = try answer(.options, origin: "https://app.example")
        #expect(response.status == .noContent)
        #expect(response[.accessControlAllowOrigin]?.text == "https://app.example")
        #expect(response[.accessControlAllowMethods]?.text == "GET, OPTIONS, POST")
        #expect(response[.accessControlAllowHeaders]?.text == "Authorization, Content-Type")
        #expect(response[.vary]?.text == "Origin")
        #expect(response[HeaderName("Access-Control-Allow-Credentials") ?? .vary]?.text != "true")
    }

    @Test func `a page reads errors too`() throws {
        let response = try answer(.get, origin: "https://app.example")
        #expect(response.status == .unauthorized)
        #expect(response[.accessControlAllowOrigin]?.text == "https://app.example")
    }

    @Test(arguments: [nil, "null", "https://evil.example", "https://app.example.evil.example", "http://app.example"])
    func `others are told nothing`(origin: String?) throws {
        for method in [Method.options, .get] {
            let response = try answer(method, origin: origin)
            #expect(response[.accessControlAllowOrigin] == nil)
            #expect(response[.accessControlAllowMethods] == nil)
            #expect(response[.vary]?.text == "Origin")
        }
    }

    @Test func `an origin goes with its client, and with its redirect URI`() throws {
        var client = try fixture.store.client(ClientID("app")).orThrow("no client")
        client.metadata.redirectURIs = [try RedirectURI(registering: "https://new.example/cb", for: .web)]
        try fixture.store.replace(client)
        #expect(try answer(.get, origin: "https://app.example")[.accessControlAllowOrigin] == nil)
        #expect(try answer(.get, origin: "https://new.example")[.accessControlAllowOrigin] != nil)
        _ = try fixture.store.removeClient(ClientID("app"))
        #expect(try answer(.get, origin: "https://new.example")[.accessControlAllowOrigin] == nil)
    }

    @Test func `only what pages call is open to them`() {
        #expect(HandlerName.allCases.filter(\.traits.isCrossOrigin) == [.token, .userinfo, .revoke])
    }
}
