import JOSE
import Testing

@testable import OIDCLogic

/// RFC 9562 §5.4.
struct UserIDTests {
    @Test(arguments: [
        (UInt8(0x00), "00000000-0000-4000-8000-000000000000"), (UInt8(0xFF), "ffffffff-ffff-4fff-bfff-ffffffffffff"),
    ])
    func `a new subject is a UUID of version 4`(byte: UInt8, text: String) {
        #expect(UserID.random(from: FixedRandom(byte)).value == text)
    }

    @Test func `two are two`() {
        #expect(UserID.random(from: SystemRandom()) != .random(from: SystemRandom()))
    }

    // RFC 7519 §7.3
    @Test func `names are compared byte by byte`() {
        #expect(Username("Zo\u{EB}") != Username("Zoe\u{308}"))
        #expect(Set([Username("Zo\u{EB}"), Username("Zoe\u{308}"), Username("Zo\u{EB}")]).count == 2)
        #expect(Username("a") != Username("a\u{0}"))
        #expect(Username("a") != Username("A"))
    }

    @Test func `pages call a person by name, else by user name`() {
        #expect(User.fixture().displayName == "Ann Example")
        #expect(User.fixture(attributes: [:]).displayName == "ann")
        #expect(User.fixture(attributes: ["name": 1]).displayName == "ann")
    }
}
