import JOSE

/// An upstream that an administrator has added to the store, as it was written: with the members that an item of
/// `upstreams` has in the configuration, which the same reader reads.
package struct UpstreamDeclaration: Sendable, Equatable {
    package let name: UpstreamName
    /// Grows with each change.
    package let version: Int64
    /// All but `name`, and but the secret.
    package var members: [String: JSON]
    /// What we prove to it who we are by, for this name; nil: it needs none.
    package var sealedSecret: String?
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        name: UpstreamName, version: Int64 = 1, members: [String: JSON], sealedSecret: String? = nil,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.name = name
        self.version = version
        self.members = members
        self.sealedSecret = sealedSecret
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// As it is when it has been replaced by this.
    package var next: UpstreamDeclaration {
        UpstreamDeclaration(
            name: name, version: version + 1, members: members, sealedSecret: sealedSecret, createdAt: createdAt,
            updatedAt: updatedAt)
    }
}

extension UpstreamSecret {
    /// For the upstream of this name, and for no other.
    package func sealed(for upstream: UpstreamName, by seal: Seal) -> String {
        seal.seal(Array(reveal().utf8), purpose: .upstreamSecret, associated: Array(upstream.value.utf8))
    }

    /// Throws if it is none of ours, or another's.
    package init(sealed text: String, of upstream: UpstreamName, opening seal: Seal) throws {
        self.init(
            bytes: try seal.open(text, purpose: .upstreamSecret, associated: Array(upstream.value.utf8)))
    }
}

extension UpstreamDeclaration {
    package var audited: AuditedState {
        AuditedState(members.mapValues { Optional($0) }, secrets: ["client_secret": sealedSecret])
    }
}
