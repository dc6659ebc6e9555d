import Synchronization
import Testing

@testable import Handlers
@testable import OIDCLogic

/// An upstream that doesn't answer keeps nobody waiting but one now and then.
struct CircuitBreakerTests {
    @Test func `an upstream that hangs is spared, and tried now and then`() {
        let time = Mutex(HandlerFixture.noon)
        let breaker = CircuitBreaker { time.withLock { $0 } }
        let corp = UpstreamName("corp")
        #expect(breaker.note(corp, answered: true) == .answered, "the first answer is told")
        #expect(breaker.note(corp, answered: true) == nil, "and no more of them")
        for number in 1...CircuitBreaker.limit {
            #expect(breaker.permits(corp))
            #expect(breaker.note(corp, answered: false) == (number == CircuitBreaker.limit ? .fellSilent : nil))
        }
        #expect(!breaker.permits(corp) && breaker.permits(UpstreamName("other")))
        time.withLock { $0 = $0 + CircuitBreaker.pause }
        #expect(breaker.permits(corp) && !breaker.permits(corp), "one tries")
        #expect(breaker.note(corp, answered: false) == nil, "that it is still silent is nothing new")
        #expect(breaker.note(corp, answered: true) == .answered)
        #expect(breaker.permits(corp) && breaker.permits(corp))
    }

    @Test func `a discovery document that nobody gives is an outage that is noted`() throws {
        let test = try UpstreamFixture()
        let (fixture, corp) = (test.fixture, test.upstream)
        fixture.sectors.fail(.unreachable("down"), at: UpstreamFixture.discovery)
        var noted: [UpstreamEvent] = []
        let upstreams = fixture.provider.upstreams
        func ask() {
            #expect(throws: UpstreamFault.self) { try upstreams.metadata(of: corp) { noted.append($0) } }
        }
        for _ in 0..<9 { ask() }
        #expect(upstreams.breaker.isWell(corp.name), "one failure that is remembered is not several")
        for _ in 1..<CircuitBreaker.limit {
            fixture.now = fixture.now + PublishedTimes.pause
            ask()
        }
        #expect(!upstreams.breaker.isWell(corp.name) && noted == [.fellSilent])
    }
}
