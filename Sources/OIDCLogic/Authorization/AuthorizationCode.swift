import JOSE

/// An authorization code's content, sealed (RFC 6749 §4.1.2). Nothing of it is stored until it is redeemed.
package struct AuthorizationCode: Sendable, Equatable {
    package let id: GrantID
    package let clientID: ClientID
    package let authentication: AuthenticationContext
    package let request: SignInRequest
    package let redirectURI: String
    /// The request named it, so the token request must as well (RFC 6749 §4.1.3).
    package let namesRedirectURI: Bool
    package let scope: Scope
    package let resources: [ResourceIndicator]
    package let claims: GrantedClaims
    package let nonce: String?
    package let codeChallenge: CodeChallenge?
    package let issuedAt: Timestamp

    package init(_ grant: AuthorizationGrant, at now: Timestamp, ids: IDSource) {
        id = GrantID(Base64URL.encode(ids.bytes()))
        clientID = grant.request.client.id
        authentication = AuthenticationContext(grant.signedIn.session, for: clientID)
        request = grant.access.request
        redirectURI = grant.request.target.uri
        namesRedirectURI = !grant.request.target.isImplied
        scope = grant.scope
        resources = grant.request.resources
        claims = grant.access.claims
        nonce = grant.request.nonce
        codeChallenge = grant.request.codeChallenge
        issuedAt = now
    }
}

extension AuthorizationCode {
    /// The members have short names, since it travels in a URL.
    package func sealed(by seal: Seal) -> String {
        var content: [String: JSON] = [
            "i": .string(id.value), "c": .string(clientID.value), "u": .string(authentication.userID.value),
            "s": .string(authentication.sessionID.value), "r": .string(redirectURI), "p": .string(scope.description),
            "d": .string(authentication.sid), "m": .array(authentication.amr.map(JSON.string)),
            "q": request.json, "t": .integer(issuedAt.seconds),
        ]
        content["a"] = authentication.authTime.map { .integer($0.seconds) }
        content["l"] = authentication.acr.map(JSON.string)
        if !resources.isEmpty { content["o"] = .array(resources.map { .string($0.value) }) }
        if !claims.isEmpty { content["g"] = claims.json }
        if !namesRedirectURI { content["e"] = false }
        content["n"] = nonce.map(JSON.string)
        content["k"] = (codeChallenge?.value).map(JSON.string)
        return seal.seal(JSON.object(content).serialized(), purpose: .authorizationCode)
    }

    /// Throws if it isn't one of ours.
    package init(sealed text: String, opening seal: Seal) throws {
        let content = try JSON(parsing: try seal.open(text, purpose: .authorizationCode))
        guard let id = content["i"]?.stringValue, let client = content["c"]?.stringValue,
            let user = content["u"]?.stringValue, let session = content["s"]?.stringValue,
            let redirectURI = content["r"]?.stringValue, let scope = content["p"]?.stringValue,
            let sid = content["d"]?.stringValue, let amr = content["m"]?.arrayValue,
            let request = content["q"].flatMap(SignInRequest.init(stored:)),
            let claims = GrantedClaims(stored: content["g"] ?? .object([:])),
            let issuedAt = content["t"]?.integerValue
        else { throw SealError.unexpectedContent }
        self.id = GrantID(id)
        clientID = ClientID(client)
        authentication = AuthenticationContext(
            userID: UserID(user), sessionID: SessionID(session), sid: sid,
            authTime: content["a"]?.integerValue.map { Timestamp($0) }, amr: amr.compactMap(\.stringValue),
            acr: content["l"]?.stringValue)
        self.request = request
        self.redirectURI = redirectURI
        namesRedirectURI = content["e"]?.boolValue ?? true
        self.scope = try Scope(scope)
        resources = (content["o"]?.arrayValue ?? []).compactMap(\.stringValue).map(ResourceIndicator.init(stored:))
        self.claims = claims
        nonce = content["n"]?.stringValue
        codeChallenge = content["k"]?.stringValue.map(CodeChallenge.init(sealed:))
        self.issuedAt = Timestamp(issuedAt)
    }
}
