import Logging
import OIDCLogic

/// Asks an upstream whether a user of its may still sign in there, and lets follow what follows from the answer.
struct UpstreamRecheck {
    let provider: Provider

    /// Asks about somebody whose last check is too old. One asks at a time; for the others, and where nobody answers, what
    /// was said before holds for a while.
    func verdict(on link: UpstreamLink, of upstream: Upstream) throws -> UpstreamVerdict {
        guard !link.check.wasAskedInVain(at: provider.now()) else {
            return .unreachable("it was asked a moment ago, and didn't answer")
        }
        guard try provider.store.takeUpstreamCheck(of: link.id, at: provider.now()) else {
            return .unreachable("somebody else asks at this moment")
        }
        return try check(link, of: upstream)
    }

    /// The same of one that was taken.
    func check(_ link: UpstreamLink, of upstream: Upstream) throws -> UpstreamVerdict {
        provider.store.moveOn()
        let verdict = try ask(link, upstream)
        var check = link.check
        check.nextAt = upstream.rhythm.map { provider.now() + $0.interval }
        switch verdict {
        case .valid(let sealedTokens):
            (check.at, check.sealedTokens, check.needsSignIn) = (provider.now(), sealedTokens, false)
        case .needsSignIn: check.needsSignIn = true
        case .gone:
            (check.needsSignIn, check.sealedTokens) = (true, nil)
            try endEverything(of: link, upstream)
        case .unreachable: check.note(unansweredAt: provider.now(), by: upstream.rhythm)
        }
        // Before the answer is used: a refresh token that was rotated and lost would be the end of the next check.
        try provider.store.record(check, of: link.id, at: provider.now())
        if case .unreachable(let cause) = verdict { provider.note(.failed("re-check: \(cause)"), of: upstream.name) }
        log(verdict, link, upstream)
        return verdict
    }

    private func ask(_ link: UpstreamLink, _ upstream: Upstream) throws -> UpstreamVerdict {
        guard let sealed = link.check.sealedTokens,
            let tokens = try? UpstreamTokens(sealed: sealed, of: link.id, opening: provider.seal)
        else { return .needsSignIn }
        let metadata: UpstreamMetadata
        do throws(UpstreamFault) { metadata = try provider.upstreams.metadata(of: upstream) } catch {
            return .unreachable("\(error)")
        }
        return try provider.exchange(with: upstream, metadata)
            .verdict(by: tokens, of: link.id, sealedBy: provider.seal)
    }

    private func endEverything(of link: UpstreamLink, _ upstream: Upstream) throws {
        let store = provider.store
        try store.acting(as: AuditActor(.upstream(upstream.name), by: .upstream), at: provider.now()) {
            store.moveOn()
            guard let user = try store.user(link.userID) else { return }
            try UserAdministration(store: store, now: provider.now).signOut(user)
        }
    }

    private func log(_ verdict: UpstreamVerdict, _ link: UpstreamLink, _ upstream: Upstream) {
        let (word, cause): (String, String?) =
            switch verdict {
            case .valid: ("valid", nil)
            case .gone: ("gone", nil)
            case .needsSignIn: ("needs sign-in", nil)
            case .unreachable(let cause): ("unreachable", cause)
            }
        var metadata: Logger.Metadata = [
            "upstream": "\(upstream.name)", "user": "\(link.userID)", "verdict": "\(word)",
        ]
        metadata["cause"] = cause.map { "\($0)" }
        provider.log.log(level: word == "valid" ? .debug : .notice, "upstream check", metadata: metadata)
    }
}

extension Provider {
    func exchange(
        with upstream: Upstream, _ metadata: UpstreamMetadata, tracedBy trace: UpstreamTraceRecorder? = nil
    ) throws -> UpstreamExchange {
        UpstreamExchange(
            endpoints: UpstreamEndpoints(
                upstream: upstream, metadata: metadata, proof: try proof(to: upstream),
                outbound: trace.map { trace in TracedOutbound(outbound) { trace.note($0, $1) } } ?? outbound,
                breaker: upstreams.breaker, issuer: issuer, random: random, now: now,
                note: { note($0, of: upstream.name) }),
            keys: publishedKeys)
    }

    private func proof(to upstream: Upstream) throws -> UpstreamProof {
        guard upstream.authentication == .privateKeyJWT else { return .secret(upstreams.secret(of: upstream)) }
        defer { store.moveOn() }
        return .key(try upstreamKeys.signing(for: upstream))
    }
}
