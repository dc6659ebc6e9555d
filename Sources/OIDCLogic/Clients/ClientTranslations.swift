import JOSE

/// What a client says of itself in languages, each a member of its own: `client_name#de` (OpenID Connect Registration §2.1,
/// RFC 7591 §2.2).
package struct ClientTranslations: Sendable, Equatable {
    /// By the whole member, which was validated as the one without a tag is.
    package private(set) var values: [String: String] = [:]

    static let none = Self()

    /// Those that people read, or follow.
    package static let members = ["client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"]

    /// Whether it is one of those in some language, well written or not.
    package static func isMember(_ name: String) -> Bool { parts(of: name) != nil }

    private static func parts(of name: String) -> (member: String, tag: String)? {
        guard let mark = name.utf8.firstIndex(of: UInt8(ascii: "#")) else { return nil }
        let member = String(name[..<mark])
        guard members.contains(where: { $0.hasSameBytes(as: member) }) else { return nil }
        return (member, String(name[name.utf8.index(after: mark)...]))
    }

    /// - Parameter read: reads and validates a member as the one of that name without a tag.
    init(
        _ names: some Sequence<String>,
        read: (_ name: String, _ member: String) throws(ClientMetadataError) -> String?
    ) throws(ClientMetadataError) {
        var tags: Set<String> = []
        for name in names.sorted() {
            guard let (member, tag) = Self.parts(of: name) else { continue }
            guard Self.isLanguageTag(tag) else {
                throw ClientMetadataError(
                    name, "has no language tag (BCP 47) after the #; write it as \(member)#de or \(member)#pt-BR")
            }
            // RFC 5646 §2.1.1: case is no difference.
            guard tags.insert("\(member)#\(tag.lowercased())").inserted else {
                throw ClientMetadataError(name, "is there twice, with the tag in capitals and without; keep one")
            }
            guard let value = try read(name, member) else { continue }
            values[name] = value
            guard values.count <= Self.limit else {
                throw ClientMetadataError(name, "is one translation too many; at most \(Self.limit) are kept")
            }
        }
    }

    private init() {}

    /// Those that were registered before.
    init(stored json: JSON) {
        for (name, value) in json.objectValue ?? [:] where Self.isMember(name) { values[name] = value.stringValue }
    }

    private static let limit = 100

    /// RFC 5646 §2.1, as far as its form goes: a language of letters, then subtags of letters and digits.
    package static func isLanguageTag(_ tag: String) -> Bool {
        let subtags = tag.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard tag.utf8.count <= 35, let language = subtags.first, (2...8).contains(language.count),
            language.allSatisfy(\.isASCIILetter)
        else { return false }
        return subtags.dropFirst().allSatisfy { (1...8).contains($0.count) && $0.allSatisfy(\.isASCIIAlphanumeric) }
    }

    /// The value of a member for somebody who reads `language`: RFC 4647 §3.4 over the tags that there are, then whatever is
    /// of the same language elsewhere. Nil: the member without a tag is for them.
    func value(of member: String, in language: String) -> String? {
        let prefix = member + "#"
        var byTag: [String: String] = [:]
        for (name, value) in values where name.hasPrefix(prefix) {
            byTag[name.dropFirst(prefix.count).lowercased()] = value
        }
        guard !byTag.isEmpty else { return nil }
        var subtags = language.lowercased().split(separator: "-")
        while !subtags.isEmpty {
            if let value = byTag[subtags.joined(separator: "-")] { return value }
            guard subtags.count > 1 else { break }
            subtags.removeLast()
        }
        guard let primary = subtags.first else { return nil }
        return byTag.filter { $0.key.hasPrefix(primary + "-") }.min { $0.key < $1.key }?.value
    }
}

extension ClientMetadata {
    /// The same with its name and links, but not its logo, as somebody who reads `language` (BCP 47) shall see them.
    package func localized(in language: String) -> ClientMetadata {
        guard !translations.values.isEmpty else { return self }
        func uri(_ member: String) -> WebURI? {
            translations.value(of: member, in: language).map(WebURI.init(stored:))
        }
        var metadata = self
        metadata.name = translations.value(of: "client_name", in: language) ?? name
        metadata.clientURI = uri("client_uri") ?? clientURI
        metadata.policyURI = uri("policy_uri") ?? policyURI
        metadata.tosURI = uri("tos_uri") ?? tosURI
        return metadata
    }
}

extension Client {
    package func localized(in language: String) -> Client {
        var client = self
        client.metadata = metadata.localized(in: language)
        return client
    }
}
