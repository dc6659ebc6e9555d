import JOSE
import OIDCLogic

extension Upstream {
    /// What an administrator enters there, by the names that such fields mostly have.
    func registration(at issuer: Issuer) -> [(name: String, value: String)] {
        let always = [(name: "redirect URI", value: redirectURI(at: issuer)), ("scope", scope.description)]
        guard oauth == nil else { return always }
        let keys = authentication == .privateKeyJWT ? [(name: "JWKS URI", value: keysURI(at: issuer))] : []
        let signOut =
            signsOut ? [(name: "post-logout redirect URI", value: postLogoutRedirectURI(at: issuer))] : []
        let lasts = scope.contains(Scope.offlineAccess)
        return always + signOut + [
            ("back-channel logout URI", issuer.endpoint("backchannel/\(name)")),
            ("front-channel logout URI, if it has no back-channel", issuer.endpoint("frontchannel/\(name)")),
            ("grant types", lasts ? "authorization_code, refresh_token" : "authorization_code"),
            ("client authentication", authentication.rawValue),
        ] + keys
    }
}
