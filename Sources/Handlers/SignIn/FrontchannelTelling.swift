import FCGIBridge
import OIDCLogic

/// Apps that the browser tells of the end of a session (OpenID Connect Front-Channel Logout 1.0 §3).
extension Provider {
    /// Of the session that a cookie opened until now, or until a moment ago.
    func frontchannelLogouts(of token: SessionToken) throws -> [FrontchannelLogout] {
        try store.frontchannelLogouts(digest: token.digest, at: now())
            .filter { try store.client($0.clientID) != nil }
    }

    func signedOutPage(
        _ outcome: SignedOutPage.Outcome, telling told: [FrontchannelLogout], onward: SignedOutPage.Onward?,
        for request: Request, uiLocales: [String]
    ) throws -> Response {
        let frames = try told.map { one in
            let name = try store.client(one.clientID)?.displayName ?? one.clientID.value
            return SignedOutPage.Frame(clientName: name, uri: one.frame(from: issuer))
        }
        var response = page(
            SignedOutPage(
                outcome, frames: frames, frameSources: told.isEmpty ? nil : told.frameSources, onward: onward),
            for: request, uiLocales: uiLocales)
        if !told.isEmpty { response.allowFrames(told.headerFrameSources) }
        return response
    }
}
