import FCGIBridge
import OIDCLogic

extension Provider {
    /// Lets the script at `check_session_iframe` see who is signed in as of this answer, where that has changed.
    ///
    /// - Parameter isAsked: whether an app is told of it by the same answer.
    func tell(_ session: Session?, by response: inout Response, to request: Request, isAsked: Bool = false) {
        guard hasSessionManagement, session != nil || showsSession(request) else { return }
        let state = BrowserState(of: session)
        // It lasts as long as the session's own cookie, which a sign-in may have made outlive the browser since.
        let lifetime = session.flatMap { $0.isRemembered ? max(0, $0.expiresAt - now()) : nil }
        if let known = cookies.browserState(in: request) {
            guard lifetime != nil || !known.hasSameBytes(as: state.text) else { return }
        } else if state.isOfNobody, !isAsked {
            // Who never signed in here needs no cookie that says so.
            return
        }
        response.setCookie(cookies.setting(state, for: lifetime))
    }

    /// A frame or a picture of another site's page brings the cookie that is for frames and not the session's (`SameSite`): it
    /// says nothing of who is signed in.
    func showsSession(_ request: Request) -> Bool {
        guard let known = cookies.browserState(in: request), known != BrowserState(of: nil).text else { return true }
        return cookies.sessionCame(in: request) || request.isOfPerson
    }

    /// OpenID Connect Session Management 1.0 §2. Nil where it is off, and for an app that is no page.
    func sessionState(of session: Session?, to target: RedirectTarget) -> String? {
        guard hasSessionManagement, let origin = WebOrigin(of: target.uri) else { return nil }
        return BrowserState(of: session).sessionState(for: target.clientID, at: origin, random: random)
    }
}
