import OIDCLogic

/// What a session is worth by the word of the upstream that it came from.
enum SessionStanding {
    case holds
    /// That word is too old.
    case isToBeAsked(Upstream)
    /// There is no such upstream any more, or the user isn't its any more.
    case isOver
}

extension Provider {
    func standing(of signedIn: SignedIn?, among options: SignInOptions) throws -> SessionStanding {
        guard let signedIn, let came = signedIn.session.upstream else { return .holds }
        guard let upstream = options.upstream(of: came.link), let link = try store.upstreamLink(came.link),
            link.userID == signedIn.user.id
        else { return .isOver }
        return link.check.standing(by: upstream.rhythm, at: now()) == .fresh ? .holds : .isToBeAsked(upstream)
    }
}
