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
        guard let taken = try provider.store.takeUpstreamCheck(of: link.id, at: provider.now()) else {
            return .unreachable("somebody else asks at this moment")
        }
        // Somebody else may have asked since the link was read: what that one asked with may have been used up.
        guard let known = known(of: taken, by: upstream) else { return try check(taken, of: upstream) }
        _ = try release(taken, upstream)
        return known
    }

    /// The same, for whoever has come for something else: while it hangs, those try it who wait for it anyway, and the upkeep;
    /// what comes of that stands in the link.
    func verdictInPassing(on link: UpstreamLink, of upstream: Upstream) throws -> UpstreamVerdict {
        guard provider.upstreams.breaker.isWell(upstream.name) else {
            return .unreachable("it hasn't answered lately")
        }
        return try verdict(on: link, of: upstream)
    }

    /// Nil: it is to be asked.
    private func known(of link: UpstreamLink, by upstream: Upstream) -> UpstreamVerdict? {
        switch link.check.standing(by: upstream.rhythm, at: provider.now()) {
        case .fresh: .valid(sealedTokens: link.check.sealedTokens)
        case .needsSignIn: .needsSignIn
        case .due, .overdue: nil
        }
    }

    /// The same of one that was taken.
    func check(_ link: UpstreamLink, of upstream: Upstream) throws -> UpstreamVerdict {
        provider.store.moveOn()
        var link = link
        var verdict: UpstreamVerdict
        do { verdict = link.check.isEnding ? .gone : try ask(link, upstream) } catch {
            _ = try? release(link, upstream)
            throw error
        }
        if verdict == .gone, !link.check.isEnding {
            // They may have signed out there while it was asked.
            provider.store.moveOn()
            link.check.isSignedOut = try provider.store.upstreamLink(link.id)?.check.isSignedOut ?? false
            verdict = Self.verdict(onRefusalOf: link.check, at: upstream)
        }
        guard try keep(verdict, link, upstream) else {
            // They have signed in there meanwhile, and what was asked with is of before.
            provider.store.moveOn()
            return try provider.store.upstreamLink(link.id).flatMap { known(of: $0, by: upstream) }
                ?? .unreachable("somebody else asks at this moment")
        }
        switch verdict {
        case .unreachable(let cause), .unanswered(let cause):
            provider.note(.failed("re-check: \(cause)"), of: upstream.name)
        default: break
        }
        log(verdict, link, upstream)
        return verdict
    }

    /// Before the answer is used: a refresh token that was rotated and lost would be the end of the next check. False: it was
    /// about what is no more.
    private func keep(_ verdict: UpstreamVerdict, _ link: UpstreamLink, _ upstream: Upstream) throws -> Bool {
        var check = link.check
        check.nextAt = upstream.rhythm.map { provider.now() + $0.interval }
        switch verdict {
        case .valid(let sealedTokens):
            (check.at, check.sealedTokens, check.needsSignIn) = (provider.now(), sealedTokens, false)
            check.mayBeSpent = false
            // What has outlived a sign-out ends by something else. One that we lead there may be under way still.
            check.isSignedOut = check.isSignedOut && upstream.signsOut
        case .needsSignIn, .usedUp:
            check.needsSignIn = true
            if verdict == .usedUp { check.sealedTokens = nil }
            if check.sealedTokens == nil { check.nextAt = nil }
            return try record(check, link, link.check.needsSignIn ? nil : .userSignInNeeded, upstream)
        case .gone:
            // Should this end before all has ended that there is, whoever takes it next goes on.
            (check.needsSignIn, check.isEnding, check.nextAt) = (true, true, provider.now() + UpstreamCheck.lease)
            guard try record(check, link, link.check.isEnding ? nil : .userGone, upstream) else { return false }
            try endEverything(of: link, upstream)
            let former = check
            (check.sealedTokens, check.isEnding, check.nextAt) = (nil, false, nil)
            return try record(check, link, after: former, nil, upstream)
        case .unreachable, .unanswered:
            if case .unanswered = verdict { check.mayBeSpent = true }
            check.note(unansweredAt: provider.now(), by: upstream.rhythm)
        }
        return try record(check, link, nil, upstream)
    }

    /// Of whoever is there still, and may no longer come in by what is said of them: nothing of theirs stays here either.
    /// False: they have signed in anew meanwhile.
    func letGo(_ link: UpstreamLink, of upstream: Upstream) throws -> Bool {
        provider.store.moveOn()
        return try keep(.gone, link, upstream)
    }

    /// Of one that nobody was asked about: who keeps it without a word is thought to have lost an answer.
    private func release(_ link: UpstreamLink, _ upstream: Upstream) throws -> Bool {
        try record(link.check, link, nil, upstream)
    }

    private func record(
        _ check: UpstreamCheck, _ link: UpstreamLink, after former: UpstreamCheck? = nil, _ event: AuditEvent?,
        _ upstream: Upstream
    ) throws -> Bool {
        let store = provider.store
        return try store.acting(as: AuditActor(.upstream(upstream.name), by: .upstream), at: provider.now()) {
            try store.record(
                check, of: link.id, after: former ?? link.check, telling: event, at: provider.now())
        }
    }

    private func ask(_ link: UpstreamLink, _ upstream: Upstream) throws -> UpstreamVerdict {
        guard let sealed = link.check.sealedTokens else { return .needsSignIn }
        let tokens: UpstreamTokens
        do { tokens = try UpstreamTokens(sealed: sealed, of: link.id, opening: provider.seal) } catch {
            provider.log.error(
                "what an upstream gave can't be opened; bring back the state.key of then, or its user signs in there again",
                metadata: ["upstream": "\(upstream.name)", "user": "\(link.userID)"])
            return .needsSignIn
        }
        let metadata: UpstreamMetadata
        do throws(UpstreamFault) { metadata = try provider.metadata(of: upstream) } catch {
            return .unreachable("\(error)")
        }
        return try provider.exchange(with: upstream, metadata)
            .verdict(
                by: tokens, of: link.id, sealedBy: provider.seal,
                isOverdue: link.check.standing(by: upstream.rhythm, at: provider.now()) == .overdue)
    }

    /// What the refusal of tokens says of their user: nothing where they may have been replaced, nor where they ended by a sign-out.
    private static func verdict(onRefusalOf check: UpstreamCheck, at upstream: Upstream) -> UpstreamVerdict {
        if check.mayBeSpent { return .usedUp }
        return check.isSignedOut && upstream.tokensEndWithSession ? .needsSignIn : .gone
    }

    private func endEverything(of link: UpstreamLink, _ upstream: Upstream) throws {
        let store = provider.store
        try store.acting(as: AuditActor(.upstream(upstream.name), by: .upstream), at: provider.now()) {
            store.moveOn()
            _ = try store.endEverything(of: link.id)
        }
    }

    private func log(_ verdict: UpstreamVerdict, _ link: UpstreamLink, _ upstream: Upstream) {
        let (word, cause): (String, String?) =
            switch verdict {
            case .valid: ("valid", nil)
            case .gone: ("gone", nil)
            case .needsSignIn: ("needs sign-in", nil)
            case .usedUp: ("needs sign-in", "what it gave is lost, or can't be taken")
            case .unreachable(let cause), .unanswered(let cause): ("unreachable", cause)
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
