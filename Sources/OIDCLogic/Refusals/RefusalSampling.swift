/// Which refusals of a flood are kept: the first so many of each second.
package struct RefusalSampling: Sendable {
    package static let perSecond = 50

    private var second: Timestamp?
    private var count = 0

    package init() {}

    package mutating func admits(at now: Timestamp) -> Bool {
        if second != now { (second, count) = (now, 0) }
        guard count < Self.perSecond else { return false }
        count += 1
        return true
    }
}
