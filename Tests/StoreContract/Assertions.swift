import OIDCLogic

func expectAssertions(in store: some Store) throws {
    let first = AssertionID("jti", of: ClientID("app"))
    try expect(try !store.isSpent(first), "none is spent from the beginning")
    try expect(try store.spend(first, until: .noon + 60), "an assertion is spent once")
    try expect(try store.isSpent(first), "and is told to be")
    try expect(try !store.spend(first, until: .noon + 60), "not twice")
    try expect(try store.spend(AssertionID("jti", of: ClientID("other")), until: .noon + 60), "each client has its own")
    try expect(try store.spend(AssertionID("pjti", of: ClientID("ap")), until: .noon + 60), "however the names join")
    for name in AwkwardName.all {
        let id = AssertionID(name, of: ClientID("app"))
        try expect(try store.spend(id, until: .noon + 60) && !store.spend(id, until: .noon + 60), "names are bytes")
    }
    _ = try store.prune(at: .noon + 59, limit: 500)
    try expect(try !store.spend(first, until: .noon + 60), "it is kept until its time has come")
    _ = try store.prune(at: .noon + 60, limit: 500)
    try expect(try store.spend(first, until: .noon + 120), "and no longer")
}
