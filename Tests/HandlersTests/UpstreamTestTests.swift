import Testing

@testable import Handlers
@testable import OIDCLogic

/// What `postern upstream test` finds out of an upstream's authorization endpoint.
struct UpstreamTestTests {
    private static let callback = "https://login.example/oidc/callback/corp"

    private let outbound = OutboundFixture()

    private func finding(status: Int, location: String?) throws -> InstallationCheck.Finding {
        outbound.publish(
            """
            {"issuer": "https://corp.example", "authorization_endpoint": "https://corp.example/authorize",
            "token_endpoint": "https://corp.example/token", "jwks_uri": "https://corp.example/keys"}
            """, at: "https://corp.example/.well-known/openid-configuration")
        outbound.publish("", status: status, location: location, at: "https://corp.example/authorize")
        let corp = Upstream(
            name: UpstreamName("corp"), title: "Corp", issuer: WebURI(stored: "https://corp.example"),
            clientID: "broker", authentication: .post, scope: Scope(names: ["openid"]))
        let test = UpstreamTest(
            corp, for: try Issuer("https://login.example/oidc"), proof: .secret(nil),
            outbound: outbound, now: { Timestamp(1_700_000_000) })
        return try test.findings.first { $0.subject == "redirect URI" }.orThrow("it isn't looked at")
    }

    struct Case: Sendable {
        let status: Int
        let location: String?
        let verdict: InstallationCheck.Finding.Status
        let part: String

        init(_ status: Int, _ location: String?, _ verdict: InstallationCheck.Finding.Status, _ part: String) {
            self.status = status
            self.location = location
            self.verdict = verdict
            self.part = part
        }
    }

    private static let cases: [Case] = [
        Case(302, callback + "?error=login_required&state=test", .ok, callback),
        Case(303, callback + "?state=test&error=consent_required", .ok, callback),
        Case(302, callback + "?error=invalid_scope", .warning, "invalid_scope"),
        Case(400, nil, .fault, "to the byte"), Case(404, nil, .fault, "to the byte"),
        Case(403, nil, .warning, "doesn't say"), Case(200, nil, .warning, "doesn't say"),
        Case(302, "https://corp.example/login", .warning, "doesn't say"),
        Case(302, callback + ".evil.example?error=login_required", .warning, "doesn't say"),
    ]

    @Test(arguments: cases)
    func `whether the redirect URI is registered is told by where the answer goes`(expected: Case) throws {
        let finding = try finding(status: expected.status, location: expected.location)
        #expect(finding.status == expected.verdict && finding.text.contains(expected.part), "\(finding.text)")
        let asked = try outbound.calls.last { $0.contains("/authorize?") }.orThrow("nobody was asked")
        #expect(asked.contains("prompt=none") && asked.contains("client_id=broker"))
    }
}
