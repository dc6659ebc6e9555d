import JOSE
import OIDCLogic

func expectUpstreamKeys(in store: some Store) throws {
    let (corp, other) = (UpstreamName("corp"), UpstreamName("other"))
    try expect(try store.upstreamKeys(of: corp).isEmpty, "at first there are no keys")
    let active = SigningKeyRecord.fixture("one", .rs256).fixture(
        .active(sealed: "sealed", since: .noon, longestToken: 60))
    try store.changeKeys(of: corp, [.add(active)])
    try expect(try store.upstreamKeys(of: corp) == [active], "every field of a key comes back")
    try expect(try store.upstreamKeys(of: other).isEmpty, "each upstream has keys of its own")
    try expect(try store.signingKeys().isEmpty, "and none of them signs tokens, or is published as ours")
    try expect(.changed, "one key of an upstream signs") {
        try store.changeKeys(
            of: corp, [.add(.fixture("two", .rs256, createdAt: .noon, state: active.state))])
    }
    let next = SigningKeyRecord.fixture("two", .rs256)
    try store.changeKeys(of: corp, [.add(next)])
    let theirs = SigningKeyRecord.fixture("three", .rs256, createdAt: .noon, state: active.state)
    try store.changeKeys(of: other, [.add(theirs)])
    let retired = active.fixture(
        .retired(.init(activeSince: .noon, at: .noon + 1, publishedUntil: .noon + 5, keptUntil: .noon + 5)))
    try expect(.changed, "a key goes on at its own upstream alone") {
        try store.changeKeys(of: other, [.move(active, to: retired)])
    }
    try expect(.changed, "steps are taken all or none") {
        try store.changeKeys(of: corp, [.move(active, to: retired), .move(active, to: retired)])
    }
    try expect(try store.upstreamKeys(of: corp) == [active, next], "so nothing has changed")
    let signing = next.fixture(.active(sealed: "sealed", since: .noon + 1, longestToken: 60))
    try store.changeKeys(of: corp, [.move(active, to: retired), .move(next, to: signing)])
    try expect(try store.upstreamKeys(of: corp) == [retired, signing], "the next one signs, the former is published")
    _ = try store.prune(at: .noon + 4, limit: 10)
    try expect(try store.upstreamKeys(of: corp) == [retired, signing], "it is kept as long as it is published")
    _ = try store.prune(at: .noon + 5, limit: 10)
    try expect(try store.upstreamKeys(of: corp) == [signing], "and then no longer")
    try expect(try store.upstreamKeys(of: other) == [theirs], "another upstream's stay")
}
