import Testing

@testable import OIDCLogic

struct SessionTests {
    private let session = Session.fixture()

    @Test(
        arguments: [
            (0, true), (3599, true), (3600, false), (86_399, false), (-60, true), (-3600, true), (-3601, false),
            (-31_536_000, false),
        ] as [(Int64, Bool)])
    func `it lives while it is used`(seconds: Int64, lives: Bool) {
        #expect(session.isAlive(at: .noon + seconds, idle: 3600) == lives)
    }

    @Test func `it ends absolutely, used or not`() {
        var used = session
        used.lastUsedAt = .noon + 86_399
        #expect(used.isAlive(at: .noon + 86_399, idle: 3600))
        #expect(!used.isAlive(at: .noon + 86_400, idle: 3600))
    }

    @Test func `one that is remembered goes unused until its end`() {
        var remembered = session
        remembered.isRemembered = true
        #expect(remembered.isAlive(at: .noon + 86_399, idle: 3600))
        #expect(!remembered.isAlive(at: .noon + 86_400, idle: 3600))
        #expect(!remembered.isAlive(at: .noon + -31_536_000, idle: 3600), "a clock that was wrong")
    }

    @Test(arguments: [(0, true), (9, true), (10, false), (-1, false)] as [(Int64, Bool)])
    func `within so many seconds means from then on`(age: Int64, within: Bool) {
        #expect(Timestamp.noon.isWithin(10, of: .noon + age) == within)
    }

    @Test func `within no seconds is never`() {
        #expect(!Timestamp.noon.isWithin(0, of: .noon))
    }
}
