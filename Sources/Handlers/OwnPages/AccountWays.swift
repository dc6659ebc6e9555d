import FCGIBridge
import OIDCLogic

/// Where a user signs in besides here: what their account page shows of it, and what its forms do.
struct AccountWays {
    private let flow: SignInFlow
    private let signedIn: SignedIn
    private var provider: Provider { flow.provider }

    /// In seconds: whoever sits down at a browser that somebody left open connects nothing of theirs.
    private static let freshness: Int64 = 10 * 60

    init(_ flow: SignInFlow, of signedIn: SignedIn) {
        self.flow = flow
        self.signedIn = signedIn
    }

    func list() throws -> [AccountPage.Way] {
        let links = try provider.store.upstreamLinks(of: signedIn.user.id)
        let options = try provider.signInOptions()
        let linked = links.map { link in
            AccountPage.Way(
                title: options.upstream(of: link.id)?.title ?? link.id.issuer, value: Self.value(link.id),
                since: WrittenTimestamp.text(link.createdAt.seconds), mayEnd: mayEnd(link, among: links, options))
        }
        let others = options.upstreams.filter { upstream in
            !links.contains { $0.id.issuer.hasSameBytes(as: upstream.issuer.value) }
        }
        return linked + others.map { AccountPage.Way(title: $0.title, value: $0.name.value, mayEnd: false) }
    }

    private enum Act {
        case connect(Upstream)
        case end(UpstreamLink)
    }

    /// Nil: there was nothing to do.
    func take(_ form: Parameters, _ request: Request) throws -> Taken? {
        guard let act = try act(in: form) else { return nil }
        // An upstream lets its own session sign somebody in anew: what it says of the proof goes before the time of that.
        let session = signedIn.session
        guard (session.authTime ?? session.signedInAt).isWithin(Self.freshness, of: provider.now()) else {
            return .response(try flow.signIn(by: .account, state: "", again: true, for: request))
        }
        switch act {
        case .connect(let upstream):
            let linking = UpstreamLinking(flow)
            return .response(try linking.begin(.session(signedIn.session.id), at: upstream, for: request))
        case .end(let link):
            return try provider.store.unlink(link.id, from: signedIn.user.id) ? .done(.cutOff) : nil
        }
    }

    enum Taken {
        case done(AccountPage.Done)
        case response(Response)
    }

    private func act(in form: Parameters) throws -> Act? {
        if let name = try form.value("connect") {
            return try provider.signInOptions().upstream(named: UpstreamName(name)).map(Act.connect)
        }
        guard let value = try form.value("end") else { return nil }
        let links = try provider.store.upstreamLinks(of: signedIn.user.id)
        let options = try provider.signInOptions()
        return links.first { Self.value($0.id) == value && mayEnd($0, among: links, options) }.map(Act.end)
    }

    /// Nobody locks themselves out.
    private func mayEnd(_ link: UpstreamLink, among links: [UpstreamLink], _ options: SignInOptions) -> Bool {
        signedIn.user.passwordHash != nil && options.hasPassword
            || links.contains { $0.id != link.id && options.upstream(of: $0.id) != nil }
    }

    private static func value(_ id: UpstreamLinkID) -> String { "\(id.issuer) \(id.subject)" }
}
