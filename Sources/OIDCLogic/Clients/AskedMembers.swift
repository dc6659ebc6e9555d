import JOSE

/// The members of an object, with the names that were asked for where they are kept.
final class AskedMembers {
    private let object: [String: JSON]
    private let keepsNames: Bool
    private(set) var names: Set<String> = []

    init(_ object: [String: JSON], keepingNames: Bool = false) {
        self.object = object
        keepsNames = keepingNames
    }

    /// Those that are there.
    var keys: Dictionary<String, JSON>.Keys { object.keys }

    subscript(name: String) -> JSON? {
        if keepsNames { names.insert(name) }
        return object[name]
    }
}

extension ClientMetadata {
    /// Every member that registration reads, in order: those that reading one client asks for.
    package static let memberNames: [String] = {
        let members = AskedMembers(["redirect_uris": ["https://client.example/"]], keepingNames: true)
        _ = try? ClientMetadata(members)
        return members.names.sorted()
    }()

    /// Whether it is read, or refused for what it asks for, rather than ignored (RFC 7591 §2).
    package static func knows(_ member: String) -> Bool {
        memberNames.contains { $0.hasSameBytes(as: member) } || ClientMetadataMembers.asksForProtection(member)
            || ClientTranslations.isMember(member)
    }
}
