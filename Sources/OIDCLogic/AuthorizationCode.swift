import JOSE

/// An authorization code's content, sealed (RFC 6749 §4.1.2). Nothing of it is stored until it is redeemed.
package struct AuthorizationCode: Sendable, Equatable {
    package let id: GrantID
    package let clientID: ClientID
    package let userID: UserID
    package let sessionID: SessionID
    package let redirectURI: String
    package let scope: Scope
    package let nonce: String?
    package let codeChallenge: CodeChallenge?
    package let sid: String
    package let authTime: Timestamp
    package let amr: [String]
    package let acr: String
    package let issuedAt: Timestamp

    package init(_ grant: AuthorizationGrant, at now: Timestamp, random: some RandomSource) {
        let session = grant.signedIn.session
        id = GrantID(Base64URL.encode(random.bytes(16)))
        clientID = grant.request.client.id
        userID = grant.signedIn.user.id
        sessionID = session.id
        redirectURI = grant.request.target.uri
        scope = grant.scope
        nonce = grant.request.nonce
        codeChallenge = grant.request.codeChallenge
        sid = session.sid(for: clientID)
        authTime = session.authTime
        amr = session.amr
        acr = session.acr
        issuedAt = now
    }
}

extension AuthorizationCode {
    /// Short names: it travels in a URL.
    private struct Content: Codable {
        let i, c, u, s, r, p: String
        let n, k: String?
        let d: String
        let a: Timestamp
        let m: [String]
        let l: String
        let t: Timestamp
    }

    package func sealed(by seal: Seal) throws -> String {
        try seal.seal(
            Content(
                i: id.value, c: clientID.value, u: userID.value, s: sessionID.value, r: redirectURI,
                p: scope.description, n: nonce, k: codeChallenge?.value, d: sid, a: authTime, m: amr, l: acr,
                t: issuedAt),
            purpose: .authorizationCode)
    }

    /// Throws if it isn't one of ours.
    package init(sealed text: String, opening seal: Seal) throws {
        let content = try seal.open(text, as: Content.self, purpose: .authorizationCode)
        id = GrantID(content.i)
        clientID = ClientID(content.c)
        userID = UserID(content.u)
        sessionID = SessionID(content.s)
        redirectURI = content.r
        scope = try Scope(content.p)
        nonce = content.n
        codeChallenge = content.k.map(CodeChallenge.init(sealed:))
        sid = content.d
        authTime = content.a
        amr = content.m
        acr = content.l
        issuedAt = content.t
    }
}
