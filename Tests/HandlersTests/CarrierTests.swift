import JOSE
import OIDCLogic
import Testing

@testable import Handlers

struct CarrierTests {
    private let fixture: HandlerFixture
    private let carrier: Carrier

    init() throws {
        fixture = try HandlerFixture()
        carrier = Carrier(store: fixture.store, now: { HandlerFixture.noon })
    }

    private func large(_ number: Int) -> String { "\(number)" + String(repeating: "a", count: 1500) }

    @Test func `a value goes by itself as long as there is room`() throws {
        let value = String(repeating: "a", count: 1500)
        #expect(try carrier.carry(value, from: "192.0.2.1") == value)
        let reference = try carrier.carry(value, in: 1499, from: "192.0.2.1")
        #expect(reference.utf8.count == 44)
        #expect(try carrier.receive(reference) == value)
        #expect(try carrier.carry(value + "a", from: "192.0.2.1").utf8.count == 44)
    }

    @Test func `a parked value is kept for ten minutes, or as long as it is said`() throws {
        let (short, long) = (
            try carrier.carry(large(1), from: "192.0.2.1"), try carrier.carry(large(2), from: "192.0.2.1", for: 1800)
        )
        let at = { (seconds: Int64) in Carrier(store: fixture.store, now: { HandlerFixture.noon + seconds }) }
        #expect(try at(599).receive(short) != nil && at(600).receive(short) == nil)
        #expect(try at(1799).receive(long) != nil && at(1800).receive(long) == nil)
    }

    // Whoever has a network of 64 bits has all its addresses.
    @Test func `the number of parked values is bounded for each network`() throws {
        for number in 0..<1000 { _ = try carrier.carry(large(number), from: "2001:db8::\(number)") }
        let error = #expect(throws: OAuthError.self) { try carrier.carry(large(1000), from: "2001:db8::ffff") }
        #expect(error?.status == .tooManyRequests)
        #expect(error?.retryAfter == 60)
        #expect(throws: Never.self) { try carrier.carry(large(1000), from: "2001:db8:0:1::1") }
    }
}
