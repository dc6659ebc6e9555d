import JOSE
import OIDCLogic

func expectSigningKeys(in store: some Store) throws {
    try expect(try store.signingKeys().isEmpty, "at first there are no keys")
    let young = SigningKeyRecord.fixture("young", createdAt: .noon + 5)
    let old = SigningKeyRecord.fixture("old")
    try store.add([young, old])
    try expect(try store.signingKeys() == [old, young], "every field of a key comes back, the oldest key first")
    let twin = SigningKeyRecord.fixture("a twin")
    try store.add([twin])
    try expect(try store.signingKeys() == [old, twin, young], "keys of one second in the order they came")
    try expect(.exists, "a key is added once") { try store.add([SigningKeyRecord.fixture("new"), old]) }
    try expect(try store.signingKeys() == [old, twin, young], "and all are added or none")

    for status in SigningKeyRecord.Status.allCases {
        try store.setStatus(status, ofKey: old.keyID)
        let statuses = try store.signingKeys().map(\.status)
        try expect(statuses == [status, .next, .next], "a key's status changes, and no other's")
    }
    try expect(.missing, "only a key that is there can change") { try store.setStatus(.active, ofKey: "none") }
}

func expectGeneration(in store: some Store) throws {
    var last = try store.generation()
    try expect(try store.generation() == last, "the generation stands while nothing changes")
    func expectChange(_ what: String, _ change: () throws -> Void) throws {
        try change()
        let now = try store.generation()
        try expect(now != last, "\(what) changes the generation")
        last = now
    }
    try expectChange("a new client") { try store.add(try Client.fixture()) }
    try expectChange("a changed client") { try store.replace(try Client.fixture(name: "Renamed")) }
    try expectChange("a removed client") { _ = try store.removeClient(ClientID("app")) }
    try expectChange("a new key") { try store.add([SigningKeyRecord.fixture()]) }
    try expectChange("a key's status") { try store.setStatus(.active, ofKey: "key-1") }
    try store.add(User.fixture())
    _ = try store.redeemOrRevoke(Grant.fixture())
    try expect(try store.generation() == last, "users and grants don't")
}

func expectThrottle(in store: some Store) throws {
    let account = ThrottleKey.login(account: Username("ann"))
    let address = ThrottleKey.login(address: "192.0.2.1")
    try expect(try store.failedAttempts(for: account) == nil, "without failures there is no count")
    try store.recordFailure(for: [account, address], at: .noon, forgetting: 100)
    try expect(try store.failedAttempts(for: account) == FailedAttempts(count: 1, lastAt: .noon), "the first counts")
    try store.recordFailure(for: [account], at: .noon + 99, forgetting: 100)
    try expect(try store.failedAttempts(for: account) == FailedAttempts(count: 2, lastAt: .noon + 99), "the next too")
    try expect(try store.failedAttempts(for: address) == FailedAttempts(count: 1, lastAt: .noon), "each by itself")
    try store.recordFailure(for: [account, address], at: .noon + 100, forgetting: 100)
    try expect(try store.failedAttempts(for: account)?.count == 3, "the time counts from the last failure")
    try expect(
        try store.failedAttempts(for: address) == FailedAttempts(count: 1, lastAt: .noon + 100),
        "a count that is old enough begins anew")
    try store.recordFailure(for: [account], at: .noon - 5000, forgetting: 100)
    try expect(try store.failedAttempts(for: account)?.count == 4, "a clock set back forgets nothing")
    try store.recordFailure(for: [], at: .noon, forgetting: 100)
    try store.clearFailures(for: [account])
    try expect(try store.failedAttempts(for: account) == nil, "what is cleared is gone")
    try expect(try store.failedAttempts(for: address) != nil, "and nothing else")
    try store.clearFailures(for: [])
}
