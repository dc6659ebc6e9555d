import JOSE

extension JSON {
    /// The object with some members changed, or left out where the value is nil.
    func changing(_ changes: [String: JSON?]) -> JSON {
        var members = objectValue ?? [:]
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    /// The key without its private members.
    var withoutPrivateMembers: JSON {
        changing(["d": nil, "p": nil, "q": nil, "dp": nil, "dq": nil, "qi": nil])
    }
}
