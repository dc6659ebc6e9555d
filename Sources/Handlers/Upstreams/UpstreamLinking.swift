import FCGIBridge
import JOSE
import OIDCLogic

/// Makes a user known by an upstream who is here already: by their account page, or by an invitation.
struct UpstreamLinking {
    private let flow: SignInFlow
    private var provider: Provider { flow.provider }

    init(_ flow: SignInFlow) { self.flow = flow }

    /// Sends the user there.
    func begin(_ linking: Attempt.Linking, at upstream: Upstream, for request: Request) throws -> Response {
        let raw = try AuthorizationRequest(Parameters(flow.fields(ofSignInBy: .account, for: request)))
        return try flow.sendOn(to: upstream, raw, linking: linking, for: request)
    }

    /// Takes whom they are there. Nil: they are linked now, and sign in by it as anybody does.
    func finish(
        _ linking: Attempt.Linking, _ identity: UpstreamIdentity, _ tokens: UpstreamTokens?, at upstream: Upstream,
        _ attempt: Attempt, _ request: Request
    ) throws -> Response? {
        for _ in 0..<3 {
            provider.store.moveOn()
            let user = try user(proving: linking, attempt, request)
            if let there = try provider.store.upstreamLink(UpstreamLinkID(identity)) {
                guard there.userID == user.id else { throw isLinkedElsewhere(upstream, there.userID, attempt) }
                if let invitation = linking.invitation {
                    let isAdmitted = try provider.acting(as: .user(user.id), by: .account, request) {
                        try provider.store.admit(there.id, of: user.id, spending: invitation, at: provider.now())
                    }
                    guard isAdmitted else { continue }
                }
                return try onward(linking, request)
            }
            let linked = try identity.linked(
                to: user, isInvited: linking.invitation != nil, by: upstream, tokens: tokens, opening: provider.seal,
                catalogue: try provider.store.catalogue(), evaluator: provider.upstreamExpressions, at: provider.now())
            let isDone = try provider.acting(as: .user(user.id), by: .account, request) {
                try provider.store.link(linked, spending: linking.invitation, at: provider.now())
            }
            if isDone { return try onward(linking, request) }
        }
        throw OAuthError.temporarilyUnavailable(cause: "the user of the upstream \(upstream.name) changes all the time")
    }

    /// Whoever set out is who comes back: nobody else's account is linked to what somebody signed in as.
    private func user(proving linking: Attempt.Linking, _ attempt: Attempt, _ request: Request) throws -> User {
        switch linking {
        case .session(let session):
            if let signedIn = try flow.signedIn(request), signedIn.session.id == session { return signedIn.user }
        case .invitation(let digest):
            if let user = try Administration(provider).users.user(invitedBy: digest) { return user }
        }
        throw PageForm.Refused(
            kind: .expired, error: .invalidRequest("whoever was to be linked is signed in no more, or not invited"),
            attempt: attempt)
    }

    private func onward(_ linking: Attempt.Linking, _ request: Request) throws -> Response? {
        guard case .session = linking, let signedIn = try flow.signedIn(request) else { return nil }
        let account = OwnClient.account.start(at: provider.issuer)
        let notice = DoneNotice(
            at: provider.issuer.path + HandlerName.account.traits.path, of: signedIn, seal: provider.seal)
        return provider.redirect(to: account + notice.query(AccountPage.Done.connected.rawValue), for: request)
    }

    private func isLinkedElsewhere(_ upstream: Upstream, _ other: UserID, _ attempt: Attempt) -> PageForm.Refused {
        let cause = "whoever signed in there is the user \(other) here already"
        return PageForm.Refused(
            kind: .linkedElsewhere,
            error: .accessDenied(
                "the identity belongs to another user here", cause: cause, detail: .upstream(upstream.name, cause)),
            attempt: attempt)
    }
}

extension Attempt.Linking {
    /// The digest of the link by which somebody was invited.
    var invitation: [UInt8]? { if case .invitation(let digest) = self { digest } else { nil } }
}
