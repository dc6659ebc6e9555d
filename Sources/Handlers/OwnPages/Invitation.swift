import FCGIBridge
import OIDCLogic

/// Where somebody comes who was invited: they sign in at an upstream, and are from then on the user whom an administrator has
/// made of them.
struct Invitation {
    /// The last part of its address.
    static let tail = "invitation"

    private let flow: SignInFlow
    private var provider: Provider { flow.provider }

    init(_ flow: SignInFlow) { self.flow = flow }

    /// The token stands in the query, which no log holds.
    static func address(_ token: OneTimeLinkToken, issuer: Issuer) -> String {
        issuer.endpoint("account/\(tail)") + "?token=\(token.text)"
    }

    /// The login page with the upstreams alone. To look at it spends nothing: programs that read mail look at links.
    func answer(_ request: Request) throws -> Response {
        let token = try Parameters(try request.queryFields()).value("token").flatMap { OneTimeLinkToken(presented: $0) }
        guard let digest = token?.invitationDigest,
            let user = try Administration(provider).users.user(invitedBy: digest), !user.isDisabled,
            !provider.upstreams.options.upstreams.isEmpty
        else {
            return provider.errorPage(
                .expired,
                .invalidRequest("the invitation was taken, or is over; \"postern user invite NAME\" prints another"),
                for: request)
        }
        let raw = try AuthorizationRequest(Parameters(flow.fields(ofSignInBy: .account, for: request)))
        return try flow.loginPage(try flow.validate(raw), raw, invitation: digest, for: request)
    }
}
