import OIDCLogic

func expectPairwiseSalt(in store: some Store) throws {
    let salt = try store.pairwiseSalt()
    try expect(salt.byteCount == 32, "there is a salt from the beginning")
    try expect(try store.pairwiseSalt().matches(salt), "and it stays")
}

/// OpenID Connect Core §12.2: a refresh gives the `sub` of the sign-in, so what changes that ends what can be refreshed.
func expectSubjectsOfClients(in store: some Store) throws {
    try store.addFixtures()
    var client = try store.client(Client.fixture().id).orBroken("the fixture is there")
    let grant = Grant.fixture()
    try expect(try store.redeemOrRevoke(grant) == .recorded, "a code is redeemed")
    client.metadata.name = "Renamed"
    client = try store.replace(client)
    try expect(
        try store.grant(grant.id)?.isRevoked == false, "a change that leaves the users' identifiers ends nothing")
    var members = client.metadata.json.objectValue ?? [:]
    members["subject_type"] = "pairwise"
    members["sector_identifier_uri"] = "https://sector.example/"
    client.metadata = try ClientMetadata(.object(members))
    client = try store.replace(client)
    try expect(try store.client(client.id) == client, "what it calls its users is kept")
    try expect(try store.grant(grant.id)?.isRevoked == true, "one that changes them ends its grants")
}
