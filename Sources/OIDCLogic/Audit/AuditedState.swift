import JOSE

/// What the audit log tells of a thing: its members, and of its secrets only that they changed.
package struct AuditedState: Sendable {
    package let members: [String: JSON]
    /// By their names, to be compared. They go no further.
    package let secrets: [String: String]

    package init(_ members: [String: JSON?], secrets: [String: String?] = [:]) {
        self.members = members.compactMapValues { $0 }
        self.secrets = secrets.compactMapValues { $0 }
    }
}

extension Client {
    /// The metadata, `preset`, `first_party`, `awaits_approval` of one that does, whether there is a `client_secret`, and until when the one before serves.
    package var audited: AuditedState { audited(with: metadata.json) }

    /// - Parameter json: the metadata's.
    package func audited(with json: JSON) -> AuditedState {
        var members: [String: JSON?] = json.objectValue ?? [:]
        members["preset"] = .string(preset.rawValue)
        members["first_party"] = .bool(isFirstParty)
        members["awaits_approval"] = approval == .awaited ? true : nil
        members["former_secret_expires_at"] = formerSecret.map { .integer($0.expiresAt.seconds) }
        return AuditedState(members, secrets: ["client_secret": sealedSecret])
    }
}

extension User {
    /// Each attribute is a member of its own, `attributes.NAME`.
    package var audited: AuditedState {
        var members: [String: JSON?] = [
            "username": .string(username.value), "disabled": .bool(isDisabled),
            "roles": .array(roles.sorted().map { .string($0.description) }),
            "groups": .array(groups.sorted().map { .string($0.value) }),
        ]
        for (name, value) in attributes { members["attributes.\(name)"] = value }
        return AuditedState(members, secrets: ["password": passwordHash])
    }
}

extension Role {
    package var audited: AuditedState { AuditedState(["description": description.map(JSON.string)]) }
}

extension DefinedScope {
    package var audited: AuditedState { AuditedState(["description": description.map(JSON.string)]) }
}

extension Group {
    package var audited: AuditedState {
        AuditedState([
            "description": description.map(JSON.string),
            "roles": .array(roles.sorted().map { .string($0.description) }),
        ])
    }
}

extension CustomClaim {
    /// The source is `value`, `attribute` or `expression`.
    package var audited: AuditedState {
        var members: [String: JSON?] = source.json.objectValue ?? [:]
        members["name"] = .string(name.text)
        members["scope"] = scope.map(JSON.string)
        members["in"] = destinations.map { .array($0.map(\.rawValue).sorted().map(JSON.string)) }
        members["required"] = .bool(isRequired)
        return AuditedState(members)
    }
}

extension SigningKeyRecord {
    /// Of one that proves us to an upstream.
    package func audited(for upstream: UpstreamName) -> AuditedState {
        AuditedState([
            "alg": .string(algorithm.rawValue), "status": .string(status.rawValue), "upstream": .string(upstream.value),
        ])
    }

    package var audited: AuditedState {
        AuditedState(["alg": .string(algorithm.rawValue), "status": .string(status.rawValue)])
    }
}

extension InitialAccessToken {
    /// What it permits, and for how long.
    package var audited: AuditedState {
        var members: [String: JSON?] = permit.json.objectValue ?? [:]
        members["note"] = note.map(JSON.string)
        members["uses"] = .integer(Int64(uses))
        members["expires_at"] = .integer(expiresAt.seconds)
        return AuditedState(members)
    }
}
