import FCGIBridge
import OIDCLogic

extension Provider {
    /// Lets the script at `check_session_iframe` see who is signed in as of this answer, where that has changed.
    func tell(_ state: BrowserState, by response: inout Response, to request: Request) {
        guard hasSessionManagement else { return }
        if let known = cookies.browserState(in: request) {
            guard !known.hasSameBytes(as: state.text) else { return }
        } else if state.isOfNobody {
            // Who never signed in here needs no cookie that says so.
            return
        }
        response.setCookie(cookies.setting(state))
    }

    /// OpenID Connect Session Management 1.0 §2. Nil where it is off, and for an app that is no page.
    func sessionState(of grant: AuthorizationGrant) -> String? {
        guard hasSessionManagement, let origin = WebOrigin(of: grant.request.target.uri) else { return nil }
        return BrowserState(of: grant.signedIn.session)
            .sessionState(for: grant.request.client.id, at: origin, random: random)
    }
}
