import JOSE

package enum ClaimIDKind {}
/// The opaque id of a custom claim's definition.
package typealias ClaimID = Identifier<ClaimIDKind>

/// A claim that an administrator has defined, for one client or for all.
package struct CustomClaim: Sendable, Equatable {
    package let id: ClaimID
    /// Moves with every change in the store, so that a change made of an older state is noticed.
    package let version: Int64
    package let name: ClaimName
    /// Nil: of every client that has none of its own of this name.
    package let clientID: ClientID?
    package var source: ClaimSource
    /// The scope that releases it; nil: any.
    package var scope: String?
    /// Where it goes; nil: where the client's preset says.
    package var destinations: Set<ClaimDestination>?
    /// Without a value the sign-in fails.
    package var isRequired: Bool
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: ClaimID, version: Int64 = 1, name: ClaimName, clientID: ClientID?, source: ClaimSource, scope: String?,
        destinations: Set<ClaimDestination>?, isRequired: Bool, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.clientID = clientID
        self.source = source
        self.scope = scope
        self.destinations = destinations
        self.isRequired = isRequired
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The same as the next version.
    package var next: CustomClaim {
        CustomClaim(
            id: id, version: version + 1, name: name, clientID: clientID, source: source, scope: scope,
            destinations: destinations, isRequired: isRequired, createdAt: createdAt, updatedAt: updatedAt)
    }

    /// Where it goes at a client of this preset.
    package func destinations(for preset: ClaimPreset) -> Set<ClaimDestination> {
        destinations ?? .ofCustomClaims(preset)
    }
}

/// Where the value of a custom claim comes from.
package enum ClaimSource: Sendable, Equatable {
    case constant(JSON)
    /// The user's attribute of that name.
    case attribute(String)
    case expression(String)
}

/// Where claims are read.
package enum ClaimDestination: String, Sendable, CaseIterable {
    case idToken = "id_token"
    case accessToken = "access_token"
    case userInfo = "userinfo"
    case introspection
}

extension Set<ClaimDestination> {
    /// Where custom claims go that don't say so.
    package static func ofCustomClaims(_ preset: ClaimPreset) -> Self {
        switch preset {
        case .standard: [.userInfo, .accessToken, .introspection]
        case .mendix: [.idToken, .userInfo, .accessToken, .introspection]
        }
    }
}

extension ClaimSource {
    /// For the store.
    package var json: JSON {
        switch self {
        case .constant(let value): .object(["value": value])
        case .attribute(let name): .object(["attribute": .string(name)])
        case .expression(let text): .object(["expression": .string(text)])
        }
    }

    /// Nil for what ``json`` never wrote.
    package init?(stored json: JSON) {
        if let value = json["value"] {
            self = .constant(value)
        } else if let name = json["attribute"]?.stringValue {
            self = .attribute(name)
        } else if let text = json["expression"]?.stringValue {
            self = .expression(text)
        } else {
            return nil
        }
    }
}
