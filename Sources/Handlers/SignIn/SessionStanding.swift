import FCGIBridge
import OIDCLogic

/// What a session is worth by the word of the upstream that it came from.
enum SessionStanding {
    case holds
    /// That word is too old.
    case isToBeAsked(Upstream)
    /// There is no such upstream any more, or the user isn't its any more.
    case isOver
}

/// What an upstream says of its user when it is asked by what it gave at their sign-in.
enum UpstreamWord {
    case admits
    /// They are gone there, or have to sign in there again.
    case refuses
    /// It doesn't answer, and what it said before is too old.
    case isMissing
}

extension Provider {
    func standing(of signedIn: SignedIn?, among options: SignInOptions) throws -> SessionStanding {
        guard let signedIn, let came = signedIn.session.upstream else { return .holds }
        guard let upstream = options.upstream(of: came.link), let link = try store.upstreamLink(came.link),
            link.userID == signedIn.user.id
        else { return .isOver }
        guard link.check.standing(by: upstream.rhythm, at: now()) == .fresh else { return .isToBeAsked(upstream) }
        upstreams.breaker.note(upstream.name, answeredAt: link.check.at)
        return .holds
    }

    /// Where it is time to ask, the upstream is asked; while it doesn't answer, what it said before holds for a while.
    func word(on link: UpstreamLink, of upstream: Upstream) throws -> UpstreamWord {
        let standing = link.check.standing(by: upstream.rhythm, at: now())
        switch standing {
        case .fresh: return .admits
        case .needsSignIn: return .refuses
        case .due, .overdue:
            switch try UpstreamRecheck(provider: self).verdictInPassing(on: link, of: upstream) {
            case .valid: return .admits
            case .gone, .needsSignIn, .usedUp: return .refuses
            case .unreachable, .unanswered: return standing == .due ? .admits : .isMissing
            }
        }
    }
}

extension SignInFlow {
    /// Whoever is signed in for a page of our own: their upstream's word counts there as it does for an app. Nil: they are to
    /// sign in, which leads to the upstream.
    func signedInStanding(_ request: Request) throws -> SignedIn? {
        guard let signedIn = try signedIn(request) else { return nil }
        switch try provider.standing(of: signedIn, among: try provider.signInOptions()) {
        case .holds: return signedIn
        case .isOver: return nil
        case .isToBeAsked(let upstream):
            // Asked here, and not by way of the sign-in: a form that somebody has filled in stays theirs.
            guard let link = try signedIn.session.upstream.flatMap({ try provider.store.upstreamLink($0.link) }),
                try provider.word(on: link, of: upstream) == .admits
            else { return nil }
            provider.store.moveOn()
            return try self.signedIn(request)
        }
    }
}
