import JOSE

extension ClientMetadata {
    /// Reads what ``json`` wrote, for the store alone. The form must be right; the rules of registration aren't asked
    /// again. One that has become stricter since must not take away a client that was registered before.
    ///
    /// Throws the member that is malformed.
    package init(stored json: JSON) throws(ClientMetadataError) {
        let members = StoredMembers(json)
        name = try members.string("client_name")
        redirectURIs = try members.strings("redirect_uris").map(RedirectURI.init(stored:))
        postLogoutRedirectURIs = try members.strings("post_logout_redirect_uris").map(RedirectURI.init(stored:))
        applicationType = try members.required(try members.choice("application_type"), "application_type")
        tokenEndpointAuthMethod = try members.choice("token_endpoint_auth_method")
        grantTypes = Set(
            try members.strings("grant_types").map { (name: String) throws(ClientMetadataError) in
                try members.required(GrantType(rawValue: name), "grant_types")
            })
        sectorIdentifierURI = try members.string("sector_identifier_uri").map(WebURI.init(stored:))
        subjectType = try members.required(
            SubjectType(stored: try members.string("subject_type"), sectorIdentifierURI, redirectURIs), "subject_type")
        tokenEndpointAuthSigningAlg = try members.choice("token_endpoint_auth_signing_alg")
        if let uri = try members.string("jwks_uri") {
            keys = .uri(WebURI(stored: uri))
        } else {
            keys = try members.value("jwks") { ClientKeys.set($0) }
        }
        requestObjectSigningAlg = try members.choice("request_object_signing_alg")
        requestURIs = try members.strings("request_uris").map(WebURI.init(stored:))
        requireSignedRequestObject = try members.value("require_signed_request_object", \.boolValue) ?? false
        scope = try members.required(try members.scope("scope"), "scope")
        defaultScope = try members.scope("default_scope")
        rolesClaim = try members.string("roles_claim")
        groupsClaim = try members.string("groups_claim")
        idTokenSignedResponseAlg = try members.required(
            try members.choice("id_token_signed_response_alg"), "id_token_signed_response_alg")
        userInfoSignedResponseAlg = try members.choice("userinfo_signed_response_alg")
        accessTokenFormat = try members.choice("access_token_format") ?? .jwt
        resources = try members.strings("resources").map(ResourceIndicator.init(stored:))
        servedResources = try members.strings("served_resources").map(ResourceIndicator.init(stored:))
        clientURI = try members.string("client_uri").map(WebURI.init(stored:))
        logoURI = try members.string("logo_uri").map(WebURI.init(stored:))
        policyURI = try members.string("policy_uri").map(WebURI.init(stored:))
        tosURI = try members.string("tos_uri").map(WebURI.init(stored:))
        translations = ClientTranslations(stored: json)
        initiateLoginURI = try members.string("initiate_login_uri").map(WebURI.init(stored:))
        contacts = try members.strings("contacts")
        alias = try members.string("alias")
        softwareID = try members.string("software_id")
        softwareVersion = try members.string("software_version")
        backchannelLogout = try members.logoutReceiver("backchannel")
        frontchannelLogout = try members.logoutReceiver("frontchannel")
        revokeAtLogout = try members.value("revoke_at_logout", \.boolValue) ?? false
        upstreams = SignInPlaces(try members.strings("upstreams"))
        defaultACRValues = try members.strings("default_acr_values")
        defaultMaxAge = try members.value("default_max_age", \.integerValue)
        requireAuthTime = try members.value("require_auth_time", \.boolValue) ?? false
        requirePKCE = try members.value("require_pkce", \.boolValue) ?? false
    }
}

/// The members of stored metadata, read by their types.
private struct StoredMembers {
    private let json: JSON

    init(_ json: JSON) { self.json = json }

    static func malformed(_ name: String) -> ClientMetadataError { ClientMetadataError(name, "is malformed") }

    /// Nil if it is absent.
    func value<Value>(_ name: String, _ read: (JSON) -> Value?) throws(ClientMetadataError) -> Value? {
        guard let member = json[name] else { return nil }
        return try required(read(member), name)
    }

    func required<Value>(_ value: Value?, _ name: String) throws(ClientMetadataError) -> Value {
        guard let value else { throw Self.malformed(name) }
        return value
    }

    func string(_ name: String) throws(ClientMetadataError) -> String? { try value(name, \.stringValue) }

    func scope(_ name: String) throws(ClientMetadataError) -> Scope? {
        try value(name) { member in member.stringValue.flatMap { try? Scope($0) } }
    }

    func logoutReceiver(_ channel: String) throws(ClientMetadataError) -> LogoutReceiver? {
        guard let uri = try string("\(channel)_logout_uri") else { return nil }
        let requiresSession = try value("\(channel)_logout_session_required", \.boolValue) ?? false
        return LogoutReceiver(uri: WebURI(stored: uri), requiresSession: requiresSession)
    }

    /// None if it is absent.
    func strings(_ name: String) throws(ClientMetadataError) -> [String] {
        try value(name) { member in
            member.arrayValue.flatMap { items in
                let strings = items.compactMap(\.stringValue)
                return strings.count == items.count ? strings : nil
            }
        } ?? []
    }

    func choice<Value: RawRepresentable>(
        _ name: String
    ) throws(ClientMetadataError) -> Value? where Value.RawValue == String {
        try value(name) { $0.stringValue.flatMap(Value.init(rawValue:)) }
    }
}
