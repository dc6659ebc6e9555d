import JOSE
import Testing

@testable import OIDCLogic

@Suite struct IDSourceTests {
    @Test func `an id has the milliseconds in front of random bytes`() {
        let ids = IDSource(random: FixedRandom(7), milliseconds: { 0x0102_0304_0506 })
        #expect(ids.bytes() == [1, 2, 3, 4, 5, 6] + Array(repeating: 7, count: 10))
    }
}
