import FCGIBridge
import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// Traces of a sign-in at an upstream, on demand.
extension UpstreamAdministrationTests {
    /// Somebody who follows the link of a trace to an upstream with these members.
    private func setOut(by members: [String: JSON]) throws -> (key: SigningKey, away: Response) {
        _ = try upstreams.add("other", members)
        let key = try SigningKey.generate(.es256)
        try publish(key)
        let token = try upstreams.trace("other").link.split(separator: "=").last.map(String.init) ?? ""
        return (key, browser.send(.get, .upstream, [(name: "trace", value: token)], tail: "other"))
    }

    /// The token of a link.
    private func followTrace(_ link: String, headers: KeyValuePairs<String, String> = [:]) -> Response {
        let token = link.split(separator: "=").last.map(String.init) ?? ""
        return fixture.respond(
            .upstream,
            Request(
                method: .get, handler: "upstream", tail: "other", query: "trace=\(token)",
                headers: headers.isEmpty ? [:] : headers))
    }

    @Test func `a traced sign-in tells each step and each claim, and no secret`() throws {
        var members = Self.members
        members["roles"] = ["editor": "upstream ->> 'dept' = 'Sales'"]
        members["role_names"] = "json_array('editor', 'nobody has made')"
        _ = try upstreams.add("other", members)
        let key = try SigningKey.generate(.es256)
        try publish(key)
        let (link, expiresAt) = try upstreams.trace("other")
        #expect(link.hasPrefix("https://login.example/oidc/upstream/other?trace=") && expiresAt == fixture.now + 900)
        #expect(try upstreams.shownTrace("other")?.state == "waiting")
        let token = link.split(separator: "=").last.map(String.init) ?? ""
        let away = browser.send(.get, .upstream, [(name: "trace", value: token)], tail: "other")
        #expect(try upstreams.shownTrace("other")?.state == "under way")
        let answer = try callBack(away, by: key)
        #expect(answer.leads(to: "https://login.example/oidc/account/"))
        #expect(browser.send(.get, .upstream, [(name: "trace", value: token)], tail: "other").status == .badRequest)

        let trace = try upstreams.shownTrace("other").orThrow("no trace")
        #expect(trace.state == "signed in", "\(trace.steps.last?.what ?? "")")
        let whole = trace.json.text
        for secret in ["their access token", "their code", "a secret of theirs", token] {
            #expect(!whole.contains(secret), "\(secret)")
        }
        let posted = try fixture.sectors.posted.last.orThrow("nothing was posted").fields
        for name in ["code_verifier", "code"] { #expect(posted[name].map { !whole.contains($0) } ?? false, "\(name)") }
        let asked = Dictionary(uniqueKeysWithValues: try away.answer)
        #expect(!whole.contains(asked["state"] ?? "?"))
        let steps = trace.steps.map(\.what)
        #expect(steps.contains("The attribute department") && steps.contains("The role editor"), "\(steps)")
        let attribute = trace.steps.first { $0.what == "The attribute department" }
        #expect(attribute?.details["gave"] == "Sales")
        let role = trace.steps.first { $0.what == "The role editor" }
        #expect(role?.details["holds"] == true && role?.details["fault"] != nil, "there is no such role")
        let names = trace.steps.first { $0.what.hasPrefix("Roles by their names") }
        #expect(names?.details["unknown"] == ["editor", "nobody has made"])
        let tokens = trace.steps.first { $0.what.contains("token endpoint") }
        #expect(tokens?.details["answer"]?["id_token"]?["claims"]?["dept"] == "Sales")
        #expect(tokens?.details["answer"]?["access_token"] == .string(TraceCut.word))
        #expect(tokens?.details["sent"]?["code_verifier"] == .string(TraceCut.word))
    }

    @Test func `a traced sign-in that is refused says why, and is forgotten in time`() throws {
        var members = Self.members
        members["users"] = "upstream ->> 'dept' = 'Research'"
        let (key, away) = try setOut(by: members)
        #expect(try callBack(away, by: key).status == .forbidden)
        let trace = try upstreams.shownTrace("other").orThrow("no trace")
        #expect(trace.state == "refused")
        #expect(trace.steps.last?.isFault == true && trace.steps.last?.what.contains("it gave 0") == true)
        fixture.now = trace.expiresAt
        #expect(try upstreams.shownTrace("other") == nil)
    }

    @Test func `a trace with more claims than it has room for says in any case that nobody came in, and why`() throws {
        var members = Self.members
        let attributes = ["a", "b", "c", "d"].map { ($0, JSON.string("upstream -> 'groups'")) }
        members["attributes"] = .object(Dictionary(uniqueKeysWithValues: attributes))
        members["role_names"] = "upstream -> 'groups'"
        let (key, away) = try setOut(by: members)
        let groups = JSON.array((0..<280).map { .string("the group \($0) of all those of theirs") })
        #expect(try callBack(away, by: key, saying: ["groups": groups]).status == .badGateway)
        let trace = try upstreams.shownTrace("other").orThrow("no trace")
        #expect(trace.state == "refused")
        #expect(trace.steps.last?.isFault == true && trace.steps.last?.what.contains("bytes") == true)
        #expect(trace.steps.contains { $0.what == "The attribute d" })
    }

    @Test func `a trace shows no token of other sources of claims`() throws {
        let (key, away) = try setOut(by: Self.members)
        let aggregated = try JWS.sign(header: "JWT", claims: ["a": 1], key: key)
        let sources: JSON = [
            "one": ["endpoint": "https://graph.example/x", "access_token": "theirs, elsewhere"],
            "two": ["JWT": .string(aggregated)],
        ]
        _ = try callBack(away, by: key, saying: ["_claim_sources": sources])
        let trace = try upstreams.shownTrace("other").orThrow("no trace")
        let whole = trace.json.text
        #expect(trace.state == "signed in")
        #expect(whole.contains("https://graph.example/x") && whole.contains("Sales"))
        #expect(!whole.contains("theirs, elsewhere") && !whole.contains(aggregated))
    }

    @Test func `a link of a trace is worth nothing elsewhere, and what only looks at it doesn't spend it`() throws {
        _ = try upstreams.add("other", Self.members)
        try publish(try SigningKey.generate(.es256))
        let link = try upstreams.trace("other").link
        #expect(followTrace(link, headers: ["Sec-Fetch-Mode": "no-cors"]).status == .badRequest)
        #expect(followTrace(link + "x").status == .badRequest)
        #expect(followTrace(link).leads(to: "https://other.example/authorize?"))
        _ = try upstreams.trace("other")
        #expect(try upstreams.endTrace("other") && !upstreams.endTrace("other"))
        #expect(try call(.post, "upstreams/other/trace").status == .created)
        let shown = try JSON(parsing: try call(.get, "upstreams/other/trace").body)
        #expect(shown["state"] == "waiting" && shown["steps"] == [])
        #expect(try call(.delete, "upstreams/other/trace").status == .noContent)
        #expect(throws: AdministrationProblem.self) { try call(.get, "upstreams/other/trace") }
    }
}
