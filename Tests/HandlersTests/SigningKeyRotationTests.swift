import JOSE
import OIDCLogic
import SQLiteStore
import Synchronization
import Testing

@testable import Handlers

/// OpenID Connect Core §10.1.1.
@Suite struct SigningKeyRotationTests {
    private let fixture: AdministrationFixture
    private let clock = RotationClock()
    private let keys: SigningKeyAdministration
    private let first: SigningKeyRecord
    private static let day: Int64 = 86_400

    init() throws {
        fixture = try AdministrationFixture()
        keys = fixture.keys(at: { [clock] in clock.now })
        first = try keys.add("ES256", seal: fixture.seal)
    }

    private func rotate(atOnce: Bool = false) throws -> SigningKeyRotation {
        try #require(try keys.rotate("ES256", atOnce: atOnce, seal: fixture.seal).first)
    }

    private func statuses() throws -> [SigningKeyRecord.Status] { try keys.keys().map(\.status) }

    // MARK: step by step

    @Test func `the next key is published, is waited for, and signs`() throws {
        let published = try rotate()
        let signsFrom = AdministrationFixture.noon + 7 * Self.day
        #expect(published.step == .published(signsFrom: signsFrom) && published.key.status == .next)
        clock.advance(7 * Self.day - 1)
        #expect(try rotate() == SigningKeyRotation(key: published.key, step: .waiting(signsFrom: signsFrom)))
        #expect(try statuses() == [.active, .next], "and nothing has changed")
        clock.advance(1)
        let activated = try rotate()
        #expect(activated.step == .activated(former: first, isSafe: true) && activated.key.keyID == published.key.keyID)
        #expect(try statuses() == [.retired, .active])
        #expect(try keys.keys()[1] == activated.key, "what is told is what is there")
        #expect(keys.opens(activated.key, with: fixture.seal))
    }

    @Test func `without an algorithm each takes its own step`() throws {
        _ = try keys.add("EdDSA", seal: fixture.seal)
        _ = try rotate()
        clock.advance(7 * Self.day)
        let steps = try keys.rotate(nil, atOnce: false, seal: fixture.seal)
        #expect(steps.count == 2)
        for rotation in steps {
            switch (rotation.key.algorithm, rotation.step) {
            case (.es256, .activated), (.edDSA, .published): break
            default: Issue.record("\(rotation)")
            }
        }
    }

    @Test(arguments: [("ES512", AdministrationError.Kind.missing), ("es256", .invalid), ("", .invalid)])
    func `an algorithm without a key can't rotate`(name: String, kind: AdministrationError.Kind) throws {
        let error = #expect(throws: AdministrationError.self) {
            try keys.rotate(name, atOnce: true, seal: fixture.seal)
        }
        #expect(error?.kind == kind)
        #expect(try statuses() == [.active])
    }

    @Test func `at once a new key signs, or the one that is published`() throws {
        let new = try rotate(atOnce: true)
        #expect(new.step == .activated(former: first, isSafe: false))
        #expect(try statuses() == [.retired, .active] && keys.keys()[1] == new.key)
        let published = try rotate()
        let early = try rotate(atOnce: true)
        #expect(early.key.keyID == published.key.keyID && early.step == .activated(former: new.key, isSafe: false))
        #expect(try statuses() == [.retired, .retired, .active])
    }

    @Test func `a next key that can't be opened never signs`() throws {
        let other = Seal(current: .generate(), context: "https://login.example.com/oidc")
        _ = try keys.rotate("ES256", atOnce: false, seal: other)
        clock.advance(8 * Self.day)
        for atOnce in [false, true] {
            let error = #expect(throws: AdministrationError.self) { try rotate(atOnce: atOnce) }
            #expect(error?.description.contains("postern key revoke") == true)
        }
        #expect(throws: AdministrationError.self) { try keys.keepPlan(seal: fixture.seal) }
        #expect(try statuses() == [.active, .next])
    }

    @Test func `no key's id is taken for an option of a command`() throws {
        for _ in 0..<500 { #expect(try !NewSigningKey(.edDSA).made().keyID.hasPrefix("-")) }
    }

    // MARK: by itself

    @Test func `a process does what is due, and nothing before`() throws {
        #expect(try keys.keepPlan(seal: fixture.seal).isEmpty)
        clock.advance(83 * Self.day)
        #expect(try keys.keepPlan(seal: fixture.seal).map(\.key.status) == [.next])
        #expect(try keys.keepPlan(seal: fixture.seal).isEmpty, "once")
        clock.advance(7 * Self.day)
        #expect(try keys.keepPlan(seal: fixture.seal).map(\.key.status) == [.active])
        #expect(try statuses() == [.retired, .active])
        #expect(try keys.keepPlan(seal: fixture.seal).isEmpty)
    }

    @Test func `of processes that find the same due one does it`() async throws {
        for (advance, expected) in [(83 * Self.day, [.active, .next]), (7 * Self.day, [.retired, .active])]
            as [(Int64, [SigningKeyRecord.Status])]
        {
            clock.advance(advance)
            let databases = try (0..<4).map { _ in try SQLiteDatabase(path: fixture.folder.file("postern.db")) }
            let done = try await withThrowingTaskGroup(of: Int.self) { group in
                for database in databases {
                    group.addTask { [clock, seal = fixture.seal] in
                        let keys = SigningKeyAdministration(
                            store: try database.store(), lifetimes: Lifetimes(), now: { clock.now })
                        return try keys.keepPlan(seal: seal).count
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(done == 1)
            #expect(try statuses() == expected)
        }
    }

    @Test func `administrators who rotate at the same time get one next key`() async throws {
        let databases = try (0..<4).map { _ in try SQLiteDatabase(path: fixture.folder.file("postern.db")) }
        let told = try await withThrowingTaskGroup(of: SigningKeyRotation?.self) { group in
            for database in databases {
                group.addTask { [clock, seal = fixture.seal] in
                    let keys = SigningKeyAdministration(
                        store: try database.store(), lifetimes: Lifetimes(), now: { clock.now })
                    return try keys.rotate("ES256", atOnce: false, seal: seal).first
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try statuses() == [.active, .next])
        #expect(Set(told.map { $0?.key.keyID }) == [try keys.keys()[1].keyID], "and all are told of it")
        #expect(told.filter { if case .published = $0?.step { true } else { false } }.count == 1)
    }

    @Test func `what can't be done is logged once, and done when it can`() throws {
        let recorder = LogRecorder()
        let upkeep = SigningKeyUpkeep(
            lifetimes: Lifetimes(), seal: fixture.seal, now: { [clock] in clock.now }, log: recorder.logger)
        let other = Seal(current: .generate(), context: "https://login.example.com/oidc")
        let next = try #require(try keys.rotate("ES256", atOnce: false, seal: other).first?.key)
        clock.advance(7 * Self.day)
        for _ in 0..<3 { upkeep.look(at: fixture.store) }
        #expect(recorder.lines.count == 1 && recorder.lines[0].contains("can't be opened"))
        _ = try keys.revoke(next.keyID) { fixture.seal }
        clock.advance(90 * Self.day)
        upkeep.look(at: fixture.store)
        #expect(recorder.lines.count == 2 && recorder.lines[1].contains("notice the next signing key is published"))
    }

    // MARK: revocation

    @Test func `a revoked key's place is taken by the next one, or by a new one`() throws {
        let next = try rotate().key
        let revocation = try keys.revoke(first.keyID) { fixture.seal }
        #expect(revocation.successor?.keyID == next.keyID && revocation.revoked.status == .revoked)
        #expect(try statuses() == [.revoked, .active])
        let again = try keys.revoke(next.keyID) { fixture.seal }
        #expect(try statuses() == [.revoked, .revoked, .active])
        #expect(try keys.keys()[2] == again.successor)
        #expect(keys.opens(try #require(again.successor), with: fixture.seal))
    }

    @Test func `a next key that can't be opened takes no place`() throws {
        let other = Seal(current: .generate(), context: "https://login.example.com/oidc")
        let next = try #require(try keys.rotate("ES256", atOnce: false, seal: other).first?.key)
        let revocation = try keys.revoke(first.keyID) { fixture.seal }
        #expect(revocation.successor?.keyID != next.keyID)
        #expect(try statuses() == [.revoked, .next, .active])
    }

    @Test func `what doesn't sign is revoked without signing key and successor`() throws {
        struct NotWanted: Error {}
        let next = try rotate().key
        #expect(try keys.revoke(next.keyID) { throw NotWanted() }.successor == nil)
        #expect(try statuses() == [.active, .revoked])
        _ = try rotate(atOnce: true)
        #expect(try keys.revoke(first.keyID) { throw NotWanted() }.successor == nil)
        #expect(try statuses() == [.revoked, .revoked, .active])
    }

    @Test func `what isn't there or is revoked can't be revoked, and without the signing key nothing happens`() throws {
        let missing = #expect(throws: AdministrationError.self) { try keys.revoke("x") { fixture.seal } }
        #expect(missing?.kind == .missing)
        #expect(throws: StoreError.self) { try keys.revoke(first.keyID) { throw StoreError.missing } }
        #expect(try statuses() == [.active])
        _ = try keys.revoke(first.keyID) { fixture.seal }
        let again = #expect(throws: AdministrationError.self) { try keys.revoke(first.keyID) { fixture.seal } }
        #expect(again?.kind == .exists)
    }

    // MARK: what is told

    @Test func `the list tells what comes next of each key`() throws {
        func listed() throws -> [[String: JSON]] {
            try keys.listed().map { key in
                (key.json.objectValue ?? [:]).filter { !["kid", "alg", "public_jwk"].contains($0.key) }
            }
        }
        let noon = AdministrationFixture.noon.seconds
        let day = Self.day
        #expect(
            try listed() == [
                [
                    "status": "active", "created_at": .integer(noon), "active_since": .integer(noon),
                    "successor_published_at": .integer(noon + 83 * day), "rotates_at": .integer(noon + 90 * day),
                    "needs_attention": false,
                ]
            ])
        clock.advance(92 * day)
        #expect(try listed()[0]["needs_attention"] == true)
        _ = try rotate()
        let published = noon + 92 * day
        #expect(
            try listed() == [
                [
                    "status": "active", "created_at": .integer(noon), "active_since": .integer(noon),
                    "rotates_at": .integer(published + 7 * day), "needs_attention": false,
                ],
                [
                    "status": "next", "created_at": .integer(published), "signs_from": .integer(published + 7 * day),
                    "needs_attention": false,
                ],
            ])
        clock.advance(7 * day)
        _ = try rotate()
        let retired = published + 7 * day
        #expect(
            try listed()[0] == [
                "status": "retired", "created_at": .integer(noon), "active_since": .integer(noon),
                "retired_at": .integer(retired), "unpublished_at": .integer(retired + 3600 + day),
                "removed_at": .integer(retired + 30 * day), "needs_attention": false,
            ])
        _ = try keys.revoke(first.keyID) { fixture.seal }
        #expect(
            try listed()[0] == [
                "status": "revoked", "created_at": .integer(noon), "revoked_at": .integer(retired),
                "removed_at": .integer(retired + 30 * day), "needs_attention": false,
            ])
    }
}

private final class RotationClock: Sendable {
    private let time = Mutex(AdministrationFixture.noon)

    var now: Timestamp { time.withLock { $0 } }
    func advance(_ seconds: Int64) { time.withLock { $0 = $0 + seconds } }
}
