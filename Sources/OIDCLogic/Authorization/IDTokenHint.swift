import JOSE

/// An ID token of ours that comes back in a request (OpenID Connect Core §3.1.2.1): whom the app takes to be signed in.
///
/// It signs nobody in, so that it has expired doesn't matter, nor which app it was made for. Only a ``HintVerifier``
/// makes one.
package struct IDTokenHint: Sendable {
    /// As that app knows them.
    package let subject: SubjectIdentifier
    /// The app that it was made for.
    package let clientID: ClientID?
    /// By which that app knows the session.
    package let sid: String?

    /// In bytes: any ID token that is issued (``TokenSize``) may come back. By GET nginx takes a request line of 8 KiB, so
    /// what is longer comes by POST.
    static let limit = 12_288

    fileprivate init(subject: SubjectIdentifier, clientID: ClientID?, sid: String?) {
        self.subject = subject
        self.clientID = clientID
        self.sid = sid
    }
}

/// Verifies hints (RFC 8725 §3.11: each kind of JWT by a function of its own).
package struct HintVerifier: Sendable {
    private let keys: [String: VerificationKey]
    private let issuer: Issuer

    /// - Parameter keys: by their ids, all that sign or have signed here.
    package init(keys: [String: VerificationKey], issuer: Issuer) {
        self.keys = keys
        self.issuer = issuer
    }

    func hint(_ text: String) throws(OAuthError) -> IDTokenHint {
        let claims: JSON
        do throws(JWSError) {
            let jws = try UnverifiedJWS(text)
            // RFC 8725 §3.1: the algorithm is the key's, whatever the header says.
            guard let key = jws.keyID.flatMap({ keys[$0] }), let algorithm = key.algorithm else {
                throw JWSError.wrongSignature
            }
            claims = try jws.verified(by: key, algorithm: algorithm, type: IDToken.type).claims()
        } catch {
            throw .invalidRequest(
                "id_token_hint is no ID token of this issuer", cause: "id_token_hint: \(error)",
                detail: .parameter("id_token_hint", .malformed))
        }
        guard claims["iss"]?.stringValue.map({ $0.utf8.elementsEqual(issuer.value.utf8) }) ?? false,
            let subject = claims["sub"]?.stringValue,
            // Other JWTs of the same key and type lack these: a signed userinfo answer does.
            claims["exp"]?.integerValue != nil, claims["iat"]?.integerValue != nil
        else {
            throw .invalidRequest(
                "id_token_hint is no ID token of this issuer", cause: "id_token_hint: iss or sub",
                detail: .parameter("id_token_hint", .malformed))
        }
        return IDTokenHint(
            subject: SubjectIdentifier(subject), clientID: (claims["aud"]?.stringValue).map(ClientID.init),
            sid: claims["sid"]?.stringValue)
    }
}
