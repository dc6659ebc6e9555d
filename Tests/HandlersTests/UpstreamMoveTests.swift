import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic
@testable import SQLiteStore

/// A provider that has another issuer since.
struct UpstreamMoveTests {
    private static let former = "https://corp.example/realm"
    private static let issuer = "https://sso.example/realm"
    private static let members: [String: JSON] = [
        "title": "Corp", "issuer": .string(former), "client_id": "broker", "client_secret": "a secret of theirs",
    ]

    private let fixture: HandlerFixture
    private var upstreams: UpstreamAdministration { UpstreamAdministration(fixture.provider) }

    init() throws { fixture = try HandlerFixture() }

    private func link(_ subject: String, to issuer: String) throws {
        let user = User(
            id: UserID("\(subject) \(issuer)"), username: Username("\(subject)-\(issuer.count)"),
            createdAt: fixture.now,
            updatedAt: fixture.now)
        let link = UpstreamLink(
            id: UpstreamLinkID(issuer: issuer, subject: subject), userID: user.id, createdAt: fixture.now,
            lastUsedAt: fixture.now, check: UpstreamCheck(at: fixture.now, nextAt: nil, sealedTokens: "sealed"))
        try fixture.store.linkForTest(user, link)
    }

    private func refusal(from former: String = former, to issuer: String = issuer) throws -> String {
        try #require(throws: AdministrationError.self) { _ = try upstreams.plannedMove(from: former, to: issuer) }
            .description
    }

    @Test func `one that was added has the other issuer, and its people with it`() throws {
        _ = try upstreams.add("corp", Self.members)
        try link("amy", to: Self.former)
        try link("ben", to: Self.former)
        try link("amy", to: "https://elsewhere.example")
        // Both may be written as their discovery documents.
        let document = "/.well-known/openid-configuration"
        let (move, people) = try upstreams.plannedMove(from: Self.former + document, to: Self.issuer + document)
        #expect(people == 2)
        #expect(try fixture.store.upstreamLinkCount(of: Self.former) == 2, "nobody is moved by a plan")
        #expect(try upstreams.perform(move) == 2)
        let corp = try upstreams.upstream("corp")
        #expect(corp.upstream?.issuer.value == Self.issuer && corp.people == 2)
        #expect(corp.upstream?.clientID == "broker", "all else stays")
        #expect(try fixture.store.upstreamLinkCounts() == [Self.issuer: 2, "https://elsewhere.example": 1])
    }

    @Test func `where another upstream has the issuer already, they come by that one`() throws {
        _ = try upstreams.add("corp", Self.members)
        _ = try upstreams.add("new", Self.members.merging(["issuer": .string(Self.issuer)]) { $1 })
        try link("amy", to: Self.former)
        let (move, _) = try upstreams.plannedMove(from: Self.former, to: Self.issuer)
        #expect(move.upstream.value == "new" && move.declaration == nil)
        #expect(try upstreams.perform(move) == 1)
        #expect(try upstreams.upstream("corp").upstream?.issuer.value == Self.former, "the other one stays as it is")
    }

    @Test func `whoever came by the other already is named, and nobody is moved`() throws {
        _ = try upstreams.add("corp", Self.members)
        for subject in ["amy", "ben", "cat", "dan", "eve", "fay"] {
            try link(subject, to: Self.former)
            try link(subject, to: Self.issuer)
        }
        let refusal = try refusal()
        #expect(refusal.contains("\"amy-25\"") && refusal.contains("\"eve-25\"") && !refusal.contains("fay"))
        #expect(refusal.contains(", …") && refusal.contains("postern user unlink"))
        let known = try fixture.store.upstreamLink(UpstreamLinkID(issuer: Self.issuer, subject: "amy"))
        let id = UpstreamPerson(upstream: nil, link: try known.orThrow("no link")).id
        #expect(refusal.contains(id), "by what unlinks them")
        let move = UpstreamMove(former: Self.former, issuer: Self.issuer, upstream: UpstreamName("corp"))
        #expect(throws: AdministrationError.self) { _ = try upstreams.perform(move) }
        #expect(try fixture.store.upstreamLinkCount(of: Self.former) == 6)
    }

    @Test func `what can't be moved says what is to be done`() throws {
        #expect(try refusal(to: Self.former).contains("both are the issuer"))
        #expect(try refusal().contains("nobody is linked by the issuer \(Self.former)"))
        try link("amy", to: Self.former)
        #expect(try refusal(from: Self.former + "/").contains(Self.former), "the nearest one is named")
        #expect(try refusal().contains("add the provider with the issuer that it has now"))
        _ = try upstreams.add("corp", Self.members)
        #expect(try refusal(to: "sso.example").contains("issuer"))
        let (move, _) = try upstreams.plannedMove(from: Self.former, to: Self.issuer)
        _ = try upstreams.change("corp", by: ["title": "Renamed"])
        let error = try #require(throws: AdministrationError.self) { _ = try upstreams.perform(move) }
        #expect(error.description.contains("has changed meanwhile"))
        #expect(try fixture.store.upstreamLinkCount(of: Self.former) == 1)
    }

    @Test func `one of the configuration is changed there first`() throws {
        let declared = try WebURI(Self.former).orThrow("no URI")
        let fixture = try HandlerFixture(
            signIn: SignInOptions(upstreams: [
                Upstream(
                    name: UpstreamName("corp"), title: "Corp", issuer: declared, clientID: "broker",
                    authentication: .basic, scope: Scope(names: ["openid"]))
            ]))
        let id = UpstreamLinkID(issuer: Self.former, subject: "amy")
        let user = User(
            id: UserID("amy"), username: Username("amy"), createdAt: fixture.now, updatedAt: fixture.now)
        try fixture.store.linkForTest(
            user,
            UpstreamLink(
                id: id, userID: user.id, createdAt: fixture.now, lastUsedAt: fixture.now,
                check: UpstreamCheck(at: fixture.now, nextAt: nil)))
        let error = try #require(throws: AdministrationError.self) {
            _ = try UpstreamAdministration(fixture.provider).plannedMove(from: Self.former, to: Self.issuer)
        }
        #expect(error.description.contains("write it in") && error.description.contains("stop the pools"))
    }
}
