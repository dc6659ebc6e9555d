import Testing

@testable import Handlers
@testable import OIDCLogic

/// In the background each upstream is asked about so many a second, by however many threads, and no more.
struct UpstreamBudgetTests {
    private let budget = UpstreamBudget()
    private let corp = UpstreamName("corp")
    private let noon = HandlerFixture.noon

    private func spend(at now: Timestamp, of name: String = "corp") -> Int {
        var count = 0
        while count < 99, budget.spend(on: UpstreamName(name), perSecond: 5, at: now) { count += 1 }
        return count
    }

    @Test func `so many are asked about in a second, and as many in the next`() {
        #expect(spend(at: noon) == 5)
        #expect(spend(at: noon) == 0)
        #expect(spend(at: noon, of: "other") == 5, "each upstream has its own")
        #expect(spend(at: noon + 1) == 5)
    }

    @Test func `one second that was slept through is made up for, and no more`() {
        #expect(spend(at: noon) == 5)
        #expect(spend(at: noon + 2) == 10)
        #expect(spend(at: noon + 900) == 10)
    }

    @Test func `one that is to be left alone is so for the rest of the second`() {
        #expect(budget.spend(on: corp, perSecond: 5, at: noon))
        budget.rest(from: corp, at: noon)
        #expect(spend(at: noon) == 0)
        #expect(spend(at: noon + 1) == 5)
    }

    @Test func `a clock that was set back stops nothing`() {
        #expect(spend(at: noon) == 5)
        #expect(spend(at: noon + -1) == 0, "a thread that was late with its look at the clock gets nothing for it")
        #expect(spend(at: noon + -3600) == 5)
        #expect(spend(at: noon + -3600) == 0)
    }
}
