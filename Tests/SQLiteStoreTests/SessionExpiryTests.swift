import JOSE
import OIDCLogic
import StoreContract
import Testing

@testable import SQLiteStore

/// Sessions that end by time, where clients are told of it.
@Suite struct SessionExpiryTests {
    private static let noon = Timestamp(1_800_000_000)
    private let file: TemporaryDatabase
    private let store: SQLiteStore

    /// An hour without use, a day at most.
    init() throws {
        file = try TemporaryDatabase()
        store = try file.open(tellingOf: SessionExpiry(idle: 3600, longest: 86_400)).store()
        let user = User.fixture()
        try store.add(user)
        let metadata = try ClientMetadata([
            "redirect_uris": ["https://app.example/callback"],
            "backchannel_logout_uri": "https://app.example/backchannel",
            "frontchannel_logout_uri": "https://app.example/frontchannel", "revoke_at_logout": true,
        ])
        try store.add(
            Client(
                id: ClientID("app"), metadata: metadata, sealedSecret: "sealed", preset: .standard, isFirstParty: true,
                createdAt: Self.noon, updatedAt: Self.noon))
    }

    /// A session that the app was given tokens in, signed in at noon.
    private func begin(_ id: String, usedAt use: Timestamp? = nil, remembered: Int64? = nil) throws {
        let session = Session(
            id: SessionID(id), userID: User.fixture().id, authTime: Self.noon, amr: ["pwd"], acr: "1",
            createdAt: Self.noon, lastUsedAt: use ?? Self.noon, expiresAt: Self.noon + (remembered ?? 86_400),
            sidKey: Array(id.utf8), isRemembered: remembered != nil)
        #expect(try store.start(session, digest: Array(id.utf8), spending: id) == .started)
        #expect(try store.redeemOrRevoke(.fixture(id, session: id, until: Self.noon + 1_000_000)) == .recorded)
    }

    private func living(_ ids: String...) throws -> [String] {
        try ids.filter { try store.session(SessionID($0)) != nil }
    }

    /// How many deliveries wait.
    private func told(at now: Timestamp) throws -> Int { try store.takeLogoutDeliveries(limit: 99, at: now).count }

    @Test func `who is unused too long ends, and the apps are told`() throws {
        try begin("unused")
        try begin("used", usedAt: Self.noon + 1)
        try begin("remembered", remembered: 7 * 86_400)
        _ = try store.prune(at: Self.noon + 3599, limit: 9)
        #expect(try living("unused", "used", "remembered").count == 3)
        #expect(try told(at: Self.noon + 3599) == 0)
        _ = try store.prune(at: Self.noon + 3600, limit: 9)
        #expect(try living("unused", "used", "remembered") == ["used", "remembered"])
        #expect(try told(at: Self.noon + 3600) == 1)
        let shown = try store.frontchannelLogouts(digest: Array("unused".utf8), at: Self.noon + 3600)
        #expect(shown.map(\.sid) == [Session.sid(for: ClientID("app"), by: Array("unused".utf8))])
    }

    @Test func `who is too old ends, used or remembered, and the apps are told`() throws {
        try begin("used", usedAt: Self.noon + 86_399)
        try begin("remembered", remembered: 86_400)
        _ = try store.prune(at: Self.noon + 86_399, limit: 9)
        #expect(try living("used", "remembered").count == 2)
        _ = try store.prune(at: Self.noon + 86_400, limit: 9)
        #expect(try living("used", "remembered").isEmpty)
        #expect(try told(at: Self.noon + 86_400) == 2)
    }

    @Test func `what was granted outlives it, and the audit log is silent`() throws {
        try begin("unused")
        _ = try store.prune(at: Self.noon + 3600, limit: 9)
        #expect(try store.grant(GrantID("unused"))?.isRevoked == false)
        #expect(
            try store.auditRecords(matching: AuditQuery(eventPrefix: "session.ended"), before: nil, limit: 9).isEmpty)
    }

    @Test func `a step ends no more than its limit, and the next goes on`() throws {
        for number in 0..<5 { try begin("\(number)") }
        _ = try store.prune(at: Self.noon + 3600, limit: 2)
        #expect(try living("0", "1", "2", "3", "4").count == 3)
        _ = try store.prune(at: Self.noon + 86_400, limit: 2)
        #expect(try living("0", "1", "2", "3", "4").count == 1, "nor of those that are old")
        #expect(try store.prune(at: Self.noon + 86_400, limit: 0) == 0)
        _ = try store.prune(at: Self.noon + 86_400, limit: 2)
        #expect(try living("0", "1", "2", "3", "4").isEmpty)
        var all = 0
        while case let count = try told(at: Self.noon + 86_400), count > 0 { all += count }
        #expect(all == 5, "each once")
    }
}
