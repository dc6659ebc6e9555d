/// What an administrator has seen of an app, and approved. The app may give some of it up by itself, but not lead its users
/// elsewhere, call itself otherwise or have more: or it would show one thing, and be another once it is approved.
package struct ApprovedMetadata {
    private let approved: ClientMetadata

    package init(_ approved: ClientMetadata) { self.approved = approved }

    /// What a client is given that names no scope: as much of the default as was approved (RFC 7591 §2).
    package func withDefaultScope(_ next: ClientMetadata) -> ClientMetadata { next.narrowed(to: approved.scope) }

    /// Throws what of `next` nobody has approved.
    package func check(_ next: ClientMetadata) throws(ClientMetadataError) {
        try check(next.redirectURIs, approved.redirectURIs, "redirect_uris", code: .invalidRedirectURI) { $0.value }
        try check(next.postLogoutRedirectURIs, approved.postLogoutRedirectURIs, "post_logout_redirect_uris") {
            $0.value
        }
        try check(next.scope.names, approved.scope.names, "scope") { $0 }
        let isIn = { (types: Set<GrantType>) in GrantType.allCases.filter(types.contains) }
        try check(isIn(next.grantTypes), isIn(approved.grantTypes), "grant_types") { $0.rawValue }
        try check(next.resources, approved.resources, "resources") { $0.value }
        try check(next.servedResources, approved.servedResources, "served_resources") { $0.value }
        try check(one(next.initiateLoginURI), one(approved.initiateLoginURI), "initiate_login_uri") { $0.value }
        try check(one(next.clientURI), one(approved.clientURI), "client_uri") { $0.value }
        try check(one(next.logoURI), one(approved.logoURI), "logo_uri") { $0.value }
        // The page that asks for consent links to them.
        try check(one(next.policyURI), one(approved.policyURI), "policy_uri") { $0.value }
        try check(one(next.tosURI), one(approved.tosURI), "tos_uri") { $0.value }
        try check(one(next.groupsClaim), one(approved.groupsClaim), "groups_claim") { $0 }
        try check(one(next.name), one(approved.name), "client_name") { $0 }
        for (member, value) in next.translations.values.sorted(by: { $0.key < $1.key }) {
            try check([value], one(approved.translations.values[member]), member) { $0 }
        }
        try check(one(next.alias), one(approved.alias), "alias") { $0 }
        // A sub that users are known by elsewhere is more than one of its own.
        try check([next.subjectType.name], [approved.subjectType.name], "subject_type") { $0 }
        try check(one(next.sectorIdentifierURI), one(approved.sectorIdentifierURI), "sector_identifier_uri") {
            $0.value
        }
        // They are told who signs out, and when.
        try check(one(next.backchannelLogout?.uri), one(approved.backchannelLogout?.uri), "backchannel_logout_uri") {
            $0.value
        }
        try check(one(next.frontchannelLogout?.uri), one(approved.frontchannelLogout?.uri), "frontchannel_logout_uri") {
            $0.value
        }
        try checkProof(next)
        // A native app's loopback address may have any port.
        try check([next.applicationType], [approved.applicationType], "application_type") { $0.rawValue }
    }

    /// How it proves who it is may become stronger, and keys that it registered itself may be replaced by newer ones, as
    /// those at its `jwks_uri` are. Whoever else publishes its keys would be the app.
    private func checkProof(_ next: ClientMetadata) throws(ClientMetadataError) {
        guard next.proofStrength >= approved.proofStrength else {
            let method = next.tokenEndpointAuthMethod?.rawValue ?? "client_secret_basic"
            throw Self.unapproved("token_endpoint_auth_method", method)
        }
        switch (next.keys, approved.keys) {
        case (.uri(let uri)?, .uri(let former)?) where uri.value.hasSameBytes(as: former.value): return
        case (.uri(let uri)?, _): throw Self.unapproved("jwks_uri", uri.value)
        case (.set?, .uri?): throw Self.unapproved("jwks", "a key set")
        case (.set?, _), (nil, _): return
        }
    }

    private static func unapproved(
        _ member: String, _ value: String, code: ClientMetadataError.Code = .invalidClientMetadata
    ) -> ClientMetadataError {
        ClientMetadataError(
            member,
            "has \"\(value)\", which is not what the administrator has approved; keep what was there, or ask them to "
                + "change it", code: code)
    }

    private func one<Value>(_ value: Value?) -> [Value] { value.map { [$0] } ?? [] }

    private func check<Value>(
        _ next: [Value], _ approved: [Value], _ member: String,
        code: ClientMetadataError.Code = .invalidClientMetadata, text: (Value) -> String
    ) throws(ClientMetadataError) {
        for value in next.map(text) where !approved.contains(where: { text($0).hasSameBytes(as: value) }) {
            throw Self.unapproved(member, value, code: code)
        }
    }
}

extension ClientMetadata {
    /// How hard it is to pass for the client: with nothing, with what it sends, and with what it never does.
    fileprivate var proofStrength: Int {
        switch tokenEndpointAuthMethod {
        case TokenEndpointAuthMethod.none?: 0
        case nil, .clientSecretBasic?, .clientSecretPost?: 1
        case .clientSecretJWT?: 2
        case .privateKeyJWT?: 3
        }
    }
}
