import JOSE

/// A user as an upstream's sign-in leaves them, for the store to make it last. Only this file makes one, of an identity that
/// was verified and a user who may come in.
package struct UpstreamUser: Sendable {
    package let user: User
    package let link: UpstreamLink
    /// What is known here of them already.
    package let known: Known
    /// The sign-in brought nothing to ask with, so that what there is goes on: as it is by the time that this is kept.
    package var keepsTokens = false

    package enum Known: Sendable, Equatable {
        /// They are new.
        case nothing
        /// They are as they were: there is nothing to write but the time.
        case everything
        /// The version that `user` was made of.
        case version(Int64)
    }
}

/// Why nobody comes in who has signed in at an upstream.
package enum UpstreamRefusal: Error, Sendable, Equatable {
    /// No rule makes a user of them, or the one that did doesn't hold any more.
    case notAdmitted(cause: String?)
    /// The account here is disabled.
    case disabled(UserID)
    /// What the mapping gives can't be kept, or an expression can't be computed.
    case mapping(String)

    static func mapping(elsewhere claim: String) -> Self {
        .mapping(
            "the claim \(claim) isn't there: the upstream says that it is to be fetched elsewhere (_claim_names), as Microsoft "
                + "Entra ID does of somebody in more than 200 groups; let it name fewer, or use app roles")
    }
}

extension UpstreamRefusal: CustomStringConvertible {
    /// For the administrator.
    package var description: String {
        switch self {
        case .notAdmitted(nil): "has let in somebody who isn't linked to a user here, and it makes none (users: none)"
        case .notAdmitted(let cause?): "has let in somebody whom its rule (users) keeps out: \(cause)"
        case .disabled(let user): "has let in the user \(user), who is disabled here"
        case .mapping(let cause): "says something that its mapping can't make a user of: \(cause)"
        }
    }
}

extension UpstreamIdentity {
    /// Decides who signs in, and how they are from now on.
    ///
    /// Throws ``UpstreamRefusal``.
    ///
    /// - Parameters:
    ///   - link: nil: they were never here.
    ///   - user: whose it is, as they are now.
    ///   - tokens: what the upstream is asked with from now on.
    ///   - catalogue: of the roles that there are.
    ///   - available: a text as a user name; nil if it can be none, or is someone's.
    package func user(
        by upstream: Upstream, link: UpstreamLink?, user: User?, tokens: UpstreamTokens?, opening seal: Seal,
        catalogue: ScopeCatalogue, evaluator: any UpstreamExpressionEvaluator, available: (String) throws -> Username?,
        random: some RandomSource, at now: Timestamp
    ) throws -> UpstreamUser {
        func mapped() throws(UpstreamRefusal) -> MappedIdentity {
            try MappedIdentity(self, by: upstream.mapping, catalogue: catalogue, evaluator: evaluator)
        }
        let id = UpstreamLinkID(self)
        let check = check(by: tokens, after: link?.check, of: upstream, sealedBy: seal, at: now)
        guard let link, let user, user.id == link.userID else {
            try admitWhoIsNew(by: upstream, evaluator)
            let mapped = try mapped()
            let name = try username(mapped.username, of: upstream, available)
            let sub = UserID.random(from: random)
            let new = User(
                id: sub, username: name, attributes: mapped.attributes, roles: mapped.roles, createdAt: now,
                updatedAt: now)
            let link = UpstreamLink(
                id: id, userID: sub, createdAt: now, lastUsedAt: now, roles: mapped.roles,
                attributes: Set(mapped.attributes.keys), check: check)
            return UpstreamUser(user: new, link: link, known: .nothing)
        }
        guard !user.isDisabled else { throw UpstreamRefusal.disabled(user.id) }
        // Else whoever has left a group or an organization there would stay here.
        if !link.isByHand { try admit(by: upstream, evaluator) }
        var known = try mapped().applied(to: user, by: link, check, at: now)
        known.keepsTokens = tokens == nil && !link.check.needsSignIn
        return known
    }

    /// Links it to a user who is here already, and has proved to be both.
    ///
    /// Throws ``UpstreamRefusal``.
    ///
    /// - Parameter isInvited: an administrator has let them in, so that no rule counts.
    package func linked(
        to user: User, isInvited: Bool, by upstream: Upstream, tokens: UpstreamTokens?, opening seal: Seal,
        catalogue: ScopeCatalogue,
        evaluator: any UpstreamExpressionEvaluator, at now: Timestamp
    ) throws(UpstreamRefusal) -> UpstreamUser {
        guard !user.isDisabled else { throw UpstreamRefusal.disabled(user.id) }
        // Nobody lifts a rule by connecting what it keeps out.
        if !isInvited { try admit(by: upstream, evaluator) }
        let mapped = try MappedIdentity(self, by: upstream.mapping, catalogue: catalogue, evaluator: evaluator)
        let id = UpstreamLinkID(self)
        let check = check(by: tokens, after: nil, of: upstream, sealedBy: seal, at: now)
        let isByHand = isInvited || upstream.admission == .nobody
        let link = UpstreamLink(
            id: id, userID: user.id, createdAt: now, isByHand: isByHand, lastUsedAt: now, check: check)
        return mapped.applied(to: user, by: link, check, at: now)
    }

    /// A sign-in that brings nothing to ask with leaves what there was: Google gives a refresh token for consent alone.
    private func check(
        by tokens: UpstreamTokens?, after former: UpstreamCheck?, of upstream: Upstream, sealedBy seal: Seal,
        at now: Timestamp
    ) -> UpstreamCheck {
        var check = UpstreamCheck(
            at: now, nextAt: upstream.rhythm.map { now + $0.interval },
            sealedTokens: tokens?.sealed(for: UpstreamLinkID(self), by: seal), sid: sid)
        if tokens == nil, let former, !former.needsSignIn {
            (check.sealedTokens, check.sid) = (former.sealedTokens, former.sid)
            (check.isSignedOut, check.mayBeSpent) = (former.isSignedOut, former.mayBeSpent)
        }
        return check
    }

    private func admitWhoIsNew(
        by upstream: Upstream, _ evaluator: any UpstreamExpressionEvaluator
    ) throws(UpstreamRefusal) {
        guard upstream.admission != .nobody else { throw .notAdmitted(cause: nil) }
        try admit(by: upstream, evaluator)
    }

    private func admit(
        by upstream: Upstream, _ evaluator: any UpstreamExpressionEvaluator
    ) throws(UpstreamRefusal) {
        guard case .whoever(let expression) = upstream.admission else { return }
        // What can't be computed lets nobody in, and says nothing of anybody either.
        if let missing = claimsElsewhere.first(where: expression.contains) { throw .mapping(elsewhere: missing) }
        let verdict = evaluator.verdict(on: expression, over: .object(claims))
        if case .broken(let failure) = verdict { throw .mapping("users \(failure.reason)") }
        guard verdict.holds else { throw .notAdmitted(cause: "\(verdict)") }
    }

    /// For whoever can have no other: a `sub` may be longer than a user name, and of characters that have no place in one (OpenID
    /// Connect Core §2).
    private var digestName: String {
        "user-" + Base32.encode(Digest.sha256(Array("\(issuer.value)\n\(subject)".utf8)).prefix(10))
    }

    /// What they sign in by here, if ever: the first that nobody has. Somebody's account is never taken for it.
    private func username(
        _ mapped: String?, of upstream: Upstream, _ available: (String) throws -> Username?
    ) throws -> Username {
        let wanted = [
            mapped, claims["preferred_username"]?.stringValue, claims["email"]?.stringValue,
            "\(subject)@\(upstream.name)",
        ]
        let names = wanted.compactMap { $0 }
        for name in names + names.map({ "\($0)@\(upstream.name)" }) + [digestName] {
            if let name = try available(name) { return name }
        }
        throw UpstreamRefusal.mapping("each user name that it could have is taken, or can be none: \(names)")
    }
}
