import OIDCLogic

func expectThrottle(in store: some Store) throws {
    let account = ThrottleKey.login(account: Username("ann"))
    let address = ThrottleKey.login(address: "192.0.2.1")
    let memory = address.throttle.memory
    try expect(memory < account.throttle.memory, "an address is forgotten before an account")
    try expect(try store.failedAttempts(for: account) == nil, "without failures there is no count")
    try store.recordFailure(for: [account, address], at: .noon)
    try expect(try store.failedAttempts(for: account) == FailedAttempts(count: 1, lastAt: .noon), "the first counts")
    try store.recordFailure(for: [address], at: .noon + (memory - 1))
    try expect(
        try store.failedAttempts(for: address) == FailedAttempts(count: 2, lastAt: .noon + (memory - 1)), "the next too"
    )
    try expect(try store.failedAttempts(for: account) == FailedAttempts(count: 1, lastAt: .noon), "each by itself")
    try store.recordFailure(for: [address], at: .noon + memory)
    try expect(try store.failedAttempts(for: address)?.count == 3, "the time counts from the last failure")
    try store.recordFailure(for: [account, address], at: .noon + 2 * memory)
    try expect(
        try store.failedAttempts(for: address) == FailedAttempts(count: 1, lastAt: .noon + 2 * memory),
        "a count that is old enough begins anew")
    try expect(try store.failedAttempts(for: account)?.count == 2, "each after a time of its own")
    try store.recordFailure(for: [account], at: .noon - 10 * account.throttle.memory)
    try expect(try store.failedAttempts(for: account)?.count == 3, "a clock set back forgets nothing")
    try store.recordFailure(for: [], at: .noon)
    try store.clearFailures(for: [account])
    try expect(try store.failedAttempts(for: account) == nil, "what is cleared is gone")
    try expect(try store.failedAttempts(for: address) != nil, "and nothing else")
    try store.clearFailures(for: [])
}
