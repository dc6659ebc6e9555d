import JOSE

/// What a client says of itself (RFC 7591 §2, OpenID Connect Registration §2), validated.
package struct ClientMetadata: Sendable, Equatable {
    package var name: String?
    /// Our own member `alias`: what administrators call it among themselves.
    package var alias: String?
    /// RFC 7591 §2.
    package var softwareID: String?
    package var softwareVersion: String?
    package var redirectURIs: [RedirectURI]
    /// RP-Initiated Logout §2.1.
    package var postLogoutRedirectURIs: [RedirectURI]
    package var applicationType: ApplicationType
    /// Nil: not said, so `client_secret_basic` and `client_secret_post` are taken alike.
    package var tokenEndpointAuthMethod: TokenEndpointAuthMethod?
    /// Nil: any that the method allows.
    package var tokenEndpointAuthSigningAlg: ClientSigningAlgorithm?
    package var keys: ClientKeys?
    /// Nil: any that its keys serve. Every request object of it is signed so (OpenID Connect Registration §2).
    package var requestObjectSigningAlg: ClientSigningAlgorithm?
    /// Where it publishes request objects (OpenID Connect Registration §2).
    package var requestURIs: [WebURI]
    /// RFC 9101 §10.5: it takes part in no request that isn't signed.
    package var requireSignedRequestObject: Bool
    package var grantTypes: Set<GrantType>
    /// What users are called to it, with what that goes by.
    package var subjectType: SubjectType
    /// OpenID Connect Core §8.1: its host is the sector. What it answers has been looked at by whoever registers.
    package var sectorIdentifierURI: WebURI?
    /// What it may ask for.
    package var scope: Scope
    /// Our own member `default_scope`: what a request without `scope` asks for (RFC 6749 §3.3).
    package var defaultScope: Scope?
    /// Our own members `roles_claim` and `groups_claim`: the names of claims that hold the granted roles, and the user's
    /// groups, as arrays.
    package var rolesClaim: String?
    package var groupsClaim: String?
    package var idTokenSignedResponseAlg: SignatureAlgorithm
    /// Nil: userinfo is plain JSON.
    package var userInfoSignedResponseAlg: SignatureAlgorithm?
    /// Our own member `access_token_format`.
    package var accessTokenFormat: AccessTokenFormat
    /// Our own member `resources`: what it may ask for tokens to (RFC 8707).
    package var resources: [ResourceIndicator]
    /// Our own member `served_resources`: what it is itself, and so may introspect tokens for.
    package var servedResources: [ResourceIndicator]
    package var clientURI: WebURI?
    package var logoURI: WebURI?
    package var policyURI: WebURI?
    package var tosURI: WebURI?
    /// Of the name, and of those four links.
    package var translations: ClientTranslations
    package var initiateLoginURI: WebURI?
    package var contacts: [String]
    /// Where it is told of ended sessions (Back-Channel Logout 1.0 §2.2, Front-Channel Logout 1.0 §2).
    package var backchannelLogout: LogoutReceiver?
    package var frontchannelLogout: LogoutReceiver?
    /// Our own member `revoke_at_logout`: what it was given in a session ends when that is ended, refresh tokens as well.
    package var revokeAtLogout: Bool
    /// Our own member `upstreams`: where its users may sign in; none: anywhere. An administrator's to say, not the app's.
    package var upstreams: SignInPlaces
    /// OpenID Connect Registration §2.
    package var defaultACRValues: [String]
    /// As a request says them; nil: none.
    var defaultACRs: String? { defaultACRValues.isEmpty ? nil : defaultACRValues.joined(separator: " ") }
    /// In seconds, OpenID Connect Registration §2.
    package var defaultMaxAge: Int64?
    package var requireAuthTime: Bool
    /// Our own member `require_pkce`: a confidential client that always sends a challenge.
    package var requirePKCE: Bool

    /// Algorithms that every provider signs ID tokens with. For another, the administrator makes a key.
    package static let signingAlgorithms: [SignatureAlgorithm] = [.rs256, .ps256, .es256, .edDSA]

    /// Parses and validates. Members that nobody knows are ignored (RFC 7591 §2); known ones that ask for a protection
    /// that isn't there are refused, since silence would leave the client less safe than it believes.
    package init(_ json: JSON) throws(ClientMetadataError) {
        guard case .object(let object) = json else {
            throw ClientMetadataError("client metadata", "is not a JSON object")
        }
        try self.init(AskedMembers(object))
    }

    init(_ object: AskedMembers) throws(ClientMetadataError) {
        let members = ClientMetadataMembers(object)
        try members.refuseUnsupported()

        name = try members.string("client_name", limit: 200)
        applicationType = try members.choice("application_type", default: .web)
        tokenEndpointAuthMethod = try members.choice("token_endpoint_auth_method")
        tokenEndpointAuthSigningAlg = try members.choice("token_endpoint_auth_signing_alg")
        keys = try members.keys()
        try Self.check(tokenEndpointAuthMethod, tokenEndpointAuthSigningAlg, keys)
        requestObjectSigningAlg = try members.choice("request_object_signing_alg")
        requestURIs = try members.requestURIs()
        requireSignedRequestObject = try members.bool("require_signed_request_object")
        grantTypes = try members.grantTypes()
        guard !(grantTypes.contains(.clientCredentials) && tokenEndpointAuthMethod == TokenEndpointAuthMethod.none)
        else {
            throw ClientMetadataError(
                "grant_types", "has client_credentials, which a public client has no right to (RFC 6749 section 4.4)")
        }
        let type = applicationType
        redirectURIs = try members.redirectURIs("redirect_uris", for: type)
        postLogoutRedirectURIs = try members.redirectURIs("post_logout_redirect_uris", for: type, answer: .logout)
        guard !redirectURIs.isEmpty || !grantTypes.contains(.authorizationCode) else {
            throw ClientMetadataError(
                "redirect_uris", "is missing: name at least one URI that the client receives its answers at",
                code: .invalidRedirectURI)
        }
        sectorIdentifierURI = try members.sectorIdentifierURI(for: redirectURIs)
        subjectType = try members.subjectType(sectorIdentifierURI, redirectURIs)
        scope = try members.scope("scope") ?? Self.defaultScope(of: grantTypes)
        defaultScope = try members.defaultScope(within: scope)
        rolesClaim = try members.claimName("roles_claim")
        groupsClaim = try members.claimName("groups_claim")
        if let rolesClaim, let groupsClaim, rolesClaim.hasSameBytes(as: groupsClaim) {
            throw ClientMetadataError("groups_claim", "is the same as roles_claim; name another")
        }
        idTokenSignedResponseAlg = try members.choice("id_token_signed_response_alg", default: .rs256)
        userInfoSignedResponseAlg = try members.choice("userinfo_signed_response_alg")
        accessTokenFormat = try members.choice("access_token_format", default: .jwt)
        resources = try members.resources("resources")
        servedResources = try members.resources("served_resources")
        clientURI = try members.webURI("client_uri")
        logoURI = try members.webURI("logo_uri")
        policyURI = try members.webURI("policy_uri")
        tosURI = try members.webURI("tos_uri")
        translations = try members.translations()
        initiateLoginURI = try members.webURI("initiate_login_uri")
        guard initiateLoginURI?.isSecure ?? true else {
            throw ClientMetadataError("initiate_login_uri", "is http; use https, or http on loopback only")
        }
        // OpenID Connect Core §4: parameters are added to it.
        guard !(initiateLoginURI?.hasFragment ?? false) else {
            throw ClientMetadataError("initiate_login_uri", "has a fragment (#…), which is never sent")
        }
        contacts = try members.contacts()
        alias = try members.alias()
        softwareID = try members.string("software_id", limit: 200)
        softwareVersion = try members.string("software_version", limit: 200)
        backchannelLogout = try members.logoutReceiver("backchannel")
        frontchannelLogout = try members.logoutReceiver("frontchannel")
        revokeAtLogout = try members.bool("revoke_at_logout")
        upstreams = try members.upstreams()
        // Front-Channel Logout 1.0 §2: "The domain, port, and scheme of this URL MUST be the same as that of a registered
        // Redirection URI value."
        if let uri = frontchannelLogout?.uri.value {
            let origins = Set(redirectURIs.compactMap { WebOrigin(of: $0.value) })
            guard let origin = WebOrigin(of: uri), origins.contains(origin) else {
                throw ClientMetadataError(
                    "frontchannel_logout_uri",
                    "is \"\(uri)\"; its scheme, host and port must be those of one of the redirect_uris")
            }
            if let query = URIParts(uri)?.query, AnswerParameters.frontchannelLogout.has(aNameOf: query) {
                throw ClientMetadataError(
                    "frontchannel_logout_uri", AnswerParameters.frontchannelLogout.fault.rawValue)
            }
        }
        defaultACRValues = try members.defaultACRValues()
        defaultMaxAge = try members.seconds("default_max_age")
        requireAuthTime = try members.bool("require_auth_time")
        requirePKCE = try members.bool("require_pkce")
        try checkRequestObjects()
    }

    /// What a client may ask for that doesn't say (RFC 7591 §2).
    private static func defaultScope(of grantTypes: Set<GrantType>) -> Scope {
        guard grantTypes.contains(.authorizationCode) else { return .none }
        return grantTypes.contains(.refreshToken) ? .builtIn : .standard
    }

    /// Whether an answer may be sent there (RFC 6749 §3.1.2.3).
    package func hasRegistered(_ redirectURI: String) -> Bool {
        redirectURIs.contains { $0.accepts(redirectURI, from: applicationType) }
    }

    /// RFC 6749 §2.1: a client that can't keep a secret.
    package var isPublic: Bool { tokenEndpointAuthMethod == TokenEndpointAuthMethod.none }

    /// Whether we keep a secret for it. A public client has none, and one with keys of its own needs none.
    package var hasSecret: Bool { !isPublic && tokenEndpointAuthMethod != .privateKeyJWT }

    /// RFC 7518 §3.2: the algorithm that needs the most of its secret, as a key; nil: the secret is no key.
    package var secretAlgorithm: MACAlgorithm? {
        let assertions = tokenEndpointAuthMethod == .clientSecretJWT ? tokenEndpointAuthSigningAlg ?? .mac(.hs256) : nil
        return [assertions, requestObjectSigningAlg].compactMap { algorithm in
            if case .mac(let mac) = algorithm { mac } else { nil }
        }.max { $0.keyBytes < $1.keyBytes }
    }

    /// The fewest bytes that its secret must have.
    package var fewestSecretBytes: Int { secretAlgorithm?.keyBytes ?? 0 }

    /// The same as metadata, for an answer (RFC 7591 §3.2.1) and for the store.
    package var json: JSON {
        var object: [String: JSON] = [
            "redirect_uris": .array(redirectURIs.map { .string($0.value) }),
            "application_type": .string(applicationType.rawValue),
            "grant_types": .array(
                GrantType.allCases.filter(grantTypes.contains).map { .string($0.rawValue) }),
            "response_types": .array(grantTypes.contains(.authorizationCode) ? ["code"] : []),
            "scope": .string(scope.description),
            "id_token_signed_response_alg": .string(idTokenSignedResponseAlg.rawValue),
            "subject_type": .string(subjectType.name),
            "require_auth_time": .bool(requireAuthTime),
            "require_pkce": .bool(requirePKCE),
        ]
        object["client_name"] = name.map(JSON.string)
        for (member, value) in translations.values { object[member] = .string(value) }
        object["sector_identifier_uri"] = (sectorIdentifierURI?.value).map(JSON.string)
        object["default_scope"] = (defaultScope?.description).map(JSON.string)
        object["roles_claim"] = rolesClaim.map(JSON.string)
        object["groups_claim"] = groupsClaim.map(JSON.string)
        object["token_endpoint_auth_method"] = (tokenEndpointAuthMethod?.rawValue).map(JSON.string)
        object["token_endpoint_auth_signing_alg"] = (tokenEndpointAuthSigningAlg?.rawValue).map(JSON.string)
        switch keys {
        case .set(let json): object["jwks"] = json
        case .uri(let uri): object["jwks_uri"] = .string(uri.value)
        case nil: break
        }
        object["request_object_signing_alg"] = (requestObjectSigningAlg?.rawValue).map(JSON.string)
        if !requestURIs.isEmpty { object["request_uris"] = .array(requestURIs.map { .string($0.value) }) }
        if requireSignedRequestObject { object["require_signed_request_object"] = true }
        object["userinfo_signed_response_alg"] = (userInfoSignedResponseAlg?.rawValue).map(JSON.string)
        if accessTokenFormat != .jwt { object["access_token_format"] = .string(accessTokenFormat.rawValue) }
        for (name, list) in [("resources", resources), ("served_resources", servedResources)] where !list.isEmpty {
            object[name] = .array(list.map { .string($0.value) })
        }
        object["client_uri"] = (clientURI?.value).map(JSON.string)
        object["logo_uri"] = (logoURI?.value).map(JSON.string)
        object["policy_uri"] = (policyURI?.value).map(JSON.string)
        object["tos_uri"] = (tosURI?.value).map(JSON.string)
        object["initiate_login_uri"] = (initiateLoginURI?.value).map(JSON.string)
        object["default_max_age"] = defaultMaxAge.map(JSON.integer)
        if !postLogoutRedirectURIs.isEmpty {
            object["post_logout_redirect_uris"] = .array(postLogoutRedirectURIs.map { .string($0.value) })
        }
        object["alias"] = alias.map(JSON.string)
        object["software_id"] = softwareID.map(JSON.string)
        object["software_version"] = softwareVersion.map(JSON.string)
        for (channel, receiver) in [("backchannel", backchannelLogout), ("frontchannel", frontchannelLogout)] {
            guard let receiver else { continue }
            object["\(channel)_logout_uri"] = .string(receiver.uri.value)
            object["\(channel)_logout_session_required"] = .bool(receiver.requiresSession)
        }
        if revokeAtLogout { object["revoke_at_logout"] = true }
        if !upstreams.names.isEmpty { object["upstreams"] = .array(upstreams.names.map(JSON.string)) }
        if !defaultACRValues.isEmpty { object["default_acr_values"] = .array(defaultACRValues.map(JSON.string)) }
        if !contacts.isEmpty { object["contacts"] = .array(contacts.map(JSON.string)) }
        return .object(object)
    }
}
