import JOSE
import OIDCLogic

/// What a file says of something to declare it as it is: no more than is needed, in a readable order.
struct DeclaredMembers {
    let all: [(name: String, value: JSON)]

    subscript(name: String) -> JSON? { all.first { $0.name == name }?.value }

    init(of object: DeclaredObject) {
        var members: [(String, JSON?)]
        switch object {
        case .scope(let scope):
            members = [("name", .string(scope.name.value)), ("description", scope.description.map(JSON.string))]
        case .role(let role):
            members = [
                ("name", .string(role.name)), ("client", (role.owner?.value).map(JSON.string)),
                ("description", role.description.map(JSON.string)),
            ]
        case .group(let group):
            let roles = group.roles.sorted().map { JSON.string($0.description) }
            members = [
                ("name", .string(group.name.value)), ("description", group.description.map(JSON.string)),
                ("roles", roles.isEmpty ? nil : .array(roles)),
            ]
        case .claim(let claim): members = Self.members(of: claim)
        case .client(let client):
            var metadata = client.metadata.essentialMembers
            members = [
                ("client_id", .string(client.id.value)), ("client_name", metadata.removeValue(forKey: "client_name")),
                ("preset", client.preset == .standard ? nil : .string(client.preset.rawValue)),
                ("first_party", client.isFirstParty ? nil : false),
                // No file says it, so one that waits differs from whatever a file says.
                ("awaits_approval", client.approval == .awaited ? true : nil),
                ("redirect_uris", metadata.removeValue(forKey: "redirect_uris")),
            ]
            members += metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
        all = members.compactMap { name, value in value.map { (name, $0) } }
    }

    private static func members(of claim: CustomClaim) -> [(String, JSON?)] {
        let source: (String, JSON) =
            switch claim.source {
            case .constant(let value): ("value", value)
            case .attribute(let name): ("attribute", .string(name))
            case .expression(let text): ("expression", .string(text))
            }
        let places = claim.destinations.map { places in
            JSON.array(ClaimDestination.allCases.filter(places.contains).map { .string($0.rawValue) })
        }
        return [
            ("name", .string(claim.name.text)), ("client", (claim.clientID?.value).map(JSON.string)), source,
            ("scope", claim.scope.map(JSON.string)), ("in", places), ("required", claim.isRequired ? true : nil),
        ]
    }
}

extension ClientMetadata {
    /// Those members that say all of it: without one of them it would be another.
    var essentialMembers: [String: JSON] {
        var members = json.objectValue ?? [:]
        for name in members.keys.sorted() {
            var fewer = members
            fewer[name] = nil
            if let same = try? ClientMetadata(.object(fewer)), same == self { members = fewer }
        }
        return members
    }
}
