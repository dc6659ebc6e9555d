import Testing

@testable import OIDCLogic

/// RFC 6819 §4.4.3.6.
struct ThrottleTests {
    private let throttle = Throttle(free: 3, longest: 60, memory: 3600)

    private func wait(_ count: Int, after seconds: Int64 = 0) -> Int64 {
        throttle.wait(after: FailedAttempts(count: count, lastAt: .noon), at: .noon + seconds)
    }

    @Test func `a few are free, then each doubles the wait, up to the longest`() {
        #expect(throttle.wait(after: nil, at: .noon) == 0)
        #expect([1, 2, 3, 4, 5, 6, 9, 10, 1000, .max].map { wait($0) } == [0, 0, 0, 1, 2, 4, 32, 60, 60, 60])
    }

    @Test func `five wrong passwords of an account cost nothing`() {
        let waits = (1...7).map {
            Throttle.account.wait(after: FailedAttempts(count: $0, lastAt: .noon), at: .noon)
        }
        #expect(waits == [0, 0, 0, 0, 0, 1, 2])
    }

    @Test func `an attempt whose end isn't known counts as a failure of this moment`() {
        #expect((0...5).map { throttle.wait(after: nil, inFlight: $0, at: .noon) } == [0, 0, 0, 0, 1, 2])
        let failures = FailedAttempts(count: 3, lastAt: .noon)
        #expect(throttle.wait(after: failures, inFlight: 0, at: .noon + 999) == 0)
        #expect(throttle.wait(after: failures, inFlight: 1, at: .noon + 999) == 1)
        #expect(throttle.wait(after: FailedAttempts(count: .max, lastAt: .noon), inFlight: 1, at: .noon) == 60)
    }

    @Test func `a count that would begin anew is over, also beside an attempt that goes on`() {
        let failures = FailedAttempts(count: 9, lastAt: .noon)
        #expect(throttle.wait(after: failures, inFlight: 1, at: .noon + 3599) == 60)
        #expect(throttle.wait(after: failures, inFlight: 1, at: .noon + 3600) == 0)
    }

    @Test func `waiting ends`() {
        #expect(wait(6, after: 1) == 3)
        #expect(wait(6, after: 3) == 1)
        #expect(wait(6, after: 4) == 0)
        #expect(wait(6, after: 9999) == 0)
    }

    @Test func `a clock set back waits no longer than the whole step`() {
        #expect(wait(6, after: -9999) == 4)
    }

    // Whatever was typed as a user name may have been a password.
    @Test func `a key tells no name`() {
        let keys = [
            ThrottleKey.login(account: Username("hunter2")), .login(address: "192.0.2.1"),
            .client(ClientID("hunter2"), address: "192.0.2.1"), .unknownClient(address: "192.0.2.1"),
        ]
        for key in keys {
            #expect(!key.text.contains("hunter2") && !key.text.contains("192.0.2"))
            #expect(key.text.utf8.count < 50)
        }
        #expect(Set(keys).count == 4)
    }

    @Test func `names are told apart by their bytes`() {
        #expect(ThrottleKey.login(account: Username("\u{E9}")) != .login(account: Username("e\u{301}")))
        #expect(ThrottleKey.login(account: Username("a")) == .login(account: Username("a")))
        #expect(ThrottleKey.client(ClientID("a"), address: "b") != .client(ClientID("b"), address: "a"))
        #expect(ThrottleKey.client(ClientID("1:a"), address: "") != .client(ClientID("1"), address: "a"))
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("2001:db8::1", "2001:db8:0:0:9::", true),
        ("2001:db8::1:0:0:0:1", "2001:db8:0:1::1", true),
        ("2001:db8::", "2001:db8::1", true), ("::1", "::2", true), ("::1", "2001:db8::1", false),
        // RFC 4291 §2.5.5.2: a socket for both families shows IPv4 so.
        ("::ffff:192.0.2.1", "192.0.2.1", true), ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
        ("", "192.0.2.1", false), ("unix:", "192.0.2.1", false), (":::::::::::", "192.0.2.1", false),
    ])
    func `an IPv4 address counts by itself, an IPv6 one with its network`(one: String, other: String, same: Bool) {
        #expect((ThrottleKey.login(address: one) == .login(address: other)) == same)
    }
}
