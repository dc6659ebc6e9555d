import JOSE

/// What may be registered without an administrator, and what comes of it.
package struct RegistrationPermit: Sendable, Equatable {
    package var preset: ClaimPreset
    /// Its users aren't asked for their consent.
    package var isFirstParty: Bool
    /// Nil: the built-in scopes, and the app's own roles.
    package var scope: Scope?
    package var grantTypes: Set<GrantType>
    /// Where users may be sent to. Empty: anywhere that a client may register.
    package var redirectHosts: [RedirectHost]
    /// What it may ask for tokens to, and call itself (RFC 8707). Empty: no resource.
    package var resources: [ResourceIndicator]
    /// What is registered waits until an administrator has looked at it.
    package var needsApproval: Bool

    /// That of a token which says nothing.
    package init(
        preset: ClaimPreset = .mendix, isFirstParty: Bool = true, scope: Scope? = nil,
        grantTypes: Set<GrantType> = [.authorizationCode, .refreshToken], redirectHosts: [RedirectHost] = [],
        resources: [ResourceIndicator] = [], needsApproval: Bool = false
    ) {
        self.preset = preset
        self.isFirstParty = isFirstParty
        self.scope = scope
        self.grantTypes = grantTypes
        self.redirectHosts = redirectHosts
        self.resources = resources
        self.needsApproval = needsApproval
    }

    /// Of whoever comes, where registration is open: its users are always asked.
    package static let open = RegistrationPermit(preset: .standard, isFirstParty: false)
    /// The same where an administrator looks at each app. What they approve is theirs as well.
    package static let openUponApproval = RegistrationPermit(preset: .standard, needsApproval: true)

    /// What a client is given that names no scope: as much of the default as is permitted (RFC 7591 §2).
    package func withDefaultScope(_ metadata: ClientMetadata) -> ClientMetadata {
        scope.map(metadata.narrowed) ?? metadata
    }

    /// Throws what isn't permitted. What the client had before stays its own: an administrator may have given it more.
    package func check(
        _ metadata: ClientMetadata, of id: ClientID, formerly former: ClientMetadata? = nil,
        in catalogue: ScopeCatalogue
    ) throws(ClientMetadataError) {
        for type in GrantType.allCases
        where metadata.grantTypes.contains(type) && !grantTypes.contains(type)
            && former?.grantTypes.contains(type) != true
        {
            throw ClientMetadataError("grant_types", "has \(type.rawValue), which \(Self.unpermitted)")
        }
        // What it was given for its users isn't its own.
        let isNewService =
            metadata.grantTypes.contains(.clientCredentials) && former?.grantTypes.contains(.clientCredentials) != true
        let kept = isNewService ? nil : former?.scope
        for name in metadata.scope.names
        where !permits(scope: name, of: id, in: catalogue) && kept?.contains(name) != true {
            throw ClientMetadataError("scope", "has \"\(name)\", which \(Self.unpermitted)")
        }
        try check(metadata.redirectURIs, "redirect_uris", former?.redirectURIs)
        try check(metadata.postLogoutRedirectURIs, "post_logout_redirect_uris", former?.postLogoutRedirectURIs)
        // "Start again" leads there.
        try check(metadata.initiateLoginURI, "initiate_login_uri", former?.initiateLoginURI)
        try check(metadata.clientURI, "client_uri", former?.clientURI)
        for (member, value) in metadata.translations.values where member.hasPrefix("client_uri#") {
            try check(WebURI(value), member, former?.translations.values[member].flatMap(WebURI.init))
        }
        try check(metadata.resources, "resources", former?.resources)
        try check(metadata.servedResources, "served_resources", former?.servedResources)
        // Which groups a user is in is nobody's business whom no administrator has let in.
        if !isFirstParty, metadata.groupsClaim != nil, former?.groupsClaim == nil {
            throw ClientMetadataError("groups_claim", "is set, which \(Self.unpermitted)")
        }
    }

    private static let unpermitted =
        "this registration is not permitted to have; leave it out, or ask the administrator for a token that allows it"

    /// Never a scope that opens Postern itself, and by default no role but the app's own.
    private func permits(scope name: String, of id: ClientID, in catalogue: ScopeCatalogue) -> Bool {
        guard !Scope.opensPostern(name) else { return false }
        if let scope { return scope.contains(name) }
        if Scope.builtIn.contains(name) { return true }
        if let role = catalogue.role(name, for: id) { return role.owner == id }
        return name.hasPrefix(Scope.mendixRolePrefix) && catalogue.scopes[ScopeName(name)] == nil
    }

    private func check(
        _ uris: [RedirectURI], _ member: String, _ former: [RedirectURI]?
    ) throws(ClientMetadataError) {
        guard !redirectHosts.isEmpty else { return }
        for uri in uris where !redirectHosts.contains(where: { $0.contains(uri) }) && former?.contains(uri) != true {
            throw ClientMetadataError(member, isElsewhere(uri.value), code: .invalidRedirectURI)
        }
    }

    private func check(_ uri: WebURI?, _ member: String, _ former: WebURI?) throws(ClientMetadataError) {
        guard let uri, uri != former, !redirectHosts.isEmpty, !redirectHosts.contains(where: { $0.contains(uri) })
        else { return }
        throw ClientMetadataError(member, isElsewhere(uri.value))
    }

    private func isElsewhere(_ uri: String) -> String {
        let hosts = redirectHosts.map(\.description).joined(separator: ", ")
        return "has \"\(uri)\"; this registration may send users to \(hosts) only"
    }

    private func check(
        _ named: [ResourceIndicator], _ member: String, _ former: [ResourceIndicator]?
    ) throws(ClientMetadataError) {
        for resource in named where !resources.contains(resource) && former?.contains(resource) != true {
            throw ClientMetadataError(member, "has \"\(resource.value)\", which \(Self.unpermitted)")
        }
    }
}

extension ClientMetadata {
    /// Whether a registration says what the client may ask for. An empty text is none.
    package static func namesScope(_ members: [String: JSON]) -> Bool {
        switch members["scope"] {
        case nil, .null, .string(""): false
        default: true
        }
    }

    /// The same with no more than `scope`; as it is where its `default_scope` has more.
    func narrowed(to scope: Scope) -> ClientMetadata {
        var narrowed = self
        narrowed.scope = self.scope.intersection(scope)
        guard defaultScope?.isSubset(of: narrowed.scope) ?? true else { return self }
        return narrowed
    }
}

extension Scope {
    /// A Mendix user role: the id of the role in the app's model follows.
    package static let mendixRolePrefix = "mx:app:userrole:"
}

extension RegistrationPermit {
    package var json: JSON {
        var members: [String: JSON] = [
            "preset": .string(preset.rawValue), "first_party": .bool(isFirstParty),
            "grant_types": .array(GrantType.allCases.filter(grantTypes.contains).map { .string($0.rawValue) }),
        ]
        members["scope"] = (scope?.description).map(JSON.string)
        if !redirectHosts.isEmpty {
            members["redirect_hosts"] = .array(redirectHosts.map { .string($0.description) })
        }
        if !resources.isEmpty { members["resources"] = .array(resources.map { .string($0.value) }) }
        if needsApproval { members["needs_approval"] = true }
        return .object(members)
    }

    /// Reads what ``json`` wrote. Nil for what it never wrote: then nothing is permitted by it.
    package init?(stored json: JSON) {
        func strings(_ name: String) -> [String] { (json[name]?.arrayValue ?? []).compactMap(\.stringValue) }
        guard let preset = (json["preset"]?.stringValue).flatMap(ClaimPreset.init(rawValue:)),
            let isFirstParty = json["first_party"]?.boolValue
        else { return nil }
        let types = strings("grant_types").map(GrantType.init(rawValue:))
        let hosts = strings("redirect_hosts").map { RedirectHost($0) }
        guard !types.contains(nil), !hosts.contains(nil) else { return nil }
        var scope: Scope?
        if let text = json["scope"]?.stringValue {
            guard let parsed = try? Scope(text) else { return nil }
            scope = parsed
        }
        self.init(
            preset: preset, isFirstParty: isFirstParty, scope: scope, grantTypes: Set(types.compactMap(\.self)),
            redirectHosts: hosts.compactMap(\.self),
            resources: strings("resources").map(ResourceIndicator.init(stored:)),
            needsApproval: json["needs_approval"] == true)
    }
}
