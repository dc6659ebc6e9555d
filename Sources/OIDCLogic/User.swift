import JOSE

/// Someone who can sign in.
package struct User: Sendable, Equatable {
    package let id: UserID
    /// Moves with every change in the store, so that a change made of an older state is noticed.
    package let version: Int64
    package var username: Username
    /// A crypt(3) hash. Nil: this user has no password here.
    package var passwordHash: String?
    package var isDisabled: Bool
    /// Standard claims (OpenID Connect Core §5.1) by their names, and whatever else the administrator keeps here.
    package var attributes: [String: JSON]
    /// Held directly, not by a group.
    package var roles: Set<RoleID>
    package var groups: Set<GroupName>
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: UserID, version: Int64 = 1, username: Username, passwordHash: String? = nil, isDisabled: Bool = false,
        attributes: [String: JSON] = [:], roles: Set<RoleID> = [], groups: Set<GroupName> = [], createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.version = version
        self.username = username
        self.passwordHash = passwordHash
        self.isDisabled = isDisabled
        self.attributes = attributes
        self.roles = roles
        self.groups = groups
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The same as the next version.
    package var next: User {
        User(
            id: id, version: version + 1, username: username, passwordHash: passwordHash, isDisabled: isDisabled,
            attributes: attributes, roles: roles, groups: groups, createdAt: createdAt, updatedAt: updatedAt)
    }

    /// What pages and tokens call the person: the name, else the user name.
    package var displayName: String { attributes["name"]?.stringValue ?? username.value }
}

extension UserID {
    /// A new subject: a UUID of version 4 (RFC 9562 §5.4).
    package static func random(from source: some RandomSource) -> UserID {
        var bytes = source.bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return UserID(String(decoding: text, as: UTF8.self))
    }
}
