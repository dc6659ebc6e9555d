import JOSE
import OIDCLogic

/// What files declare, each thing with its place. All names are different.
package struct Declarations: Sendable {
    package struct Scope: Sendable {
        let place: DeclarationPlace
        let name: String
        let description: String?
    }

    package struct Role: Sendable {
        let place: DeclarationPlace
        let name: String
        /// The app that it belongs to; nil: to all.
        let client: String?
        let description: String?

        var id: RoleID { RoleID(name, of: client.map { ClientID($0) }) }
    }

    package struct Group: Sendable {
        let place: DeclarationPlace
        let name: String
        let description: String?
        let roles: [String]
    }

    package struct Client: Sendable {
        let place: DeclarationPlace
        let id: ClientID
        /// RFC 7591 §2, without `client_id` and `client_secret`.
        let metadata: [String: JSON]
        let preset: ClaimPreset
        let isFirstParty: Bool
        /// Nil: the files don't say, so it is what it is in the store, or is made.
        let secret: DeclaredSecret?
    }

    package struct Claim: Sendable {
        let place: DeclarationPlace
        let name: String
        /// Nil: of all clients.
        let client: String?
        /// All of it: what isn't said is as if it never was.
        let change: ClaimChange
    }

    var scopes: [Scope] = []
    var roles: [Role] = []
    var groups: [Group] = []
    var clients: [Client] = []
    var claims: [Claim] = []

    package init() {}

    package var count: Int { scopes.count + roles.count + groups.count + clients.count + claims.count }

    mutating func append(_ other: Declarations) {
        scopes += other.scopes
        roles += other.roles
        groups += other.groups
        clients += other.clients
        claims += other.claims
    }

    /// What is declared more than once: a fault for each but the first.
    var repetitions: [ConfigurationFault] {
        var first: [String: DeclarationPlace] = [:]
        var faults: [ConfigurationFault] = []
        func look(_ what: String, _ key: String, _ place: DeclarationPlace) {
            guard let other = first[key] else {
                first[key] = place
                return
            }
            let line = other.line.map { ":\($0)" } ?? ""
            faults.append(place.fault("\(what) is declared already, in \(other.source)\(line); keep one"))
        }
        for scope in scopes { look("the scope \"\(scope.name)\"", "scope \(scope.name)", scope.place) }
        for role in roles { look("the role \"\(role.id)\"", "role \(role.id)", role.place) }
        for client in clients { look("the client \"\(client.id)\"", "client \(client.id)", client.place) }
        for group in groups {
            look("the group \"\(group.name)\"", "group \(ChosenName.normalized(group.name))", group.place)
        }
        for claim in claims {
            let whose = claim.client.map { " of the client \"\($0)\"" } ?? ""
            look("the claim \"\(claim.name)\"\(whose)", "claim \(claim.client ?? "") \(claim.name)", claim.place)
        }
        return faults
    }
}
