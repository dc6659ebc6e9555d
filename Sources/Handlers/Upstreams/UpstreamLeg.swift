import FCGIBridge
import JOSE
import OIDCLogic

/// The part of a sign-in that is an upstream's: the way there, and the way back.
struct UpstreamLeg {
    private let flow: SignInFlow
    private let carrier: Carrier
    private var provider: Provider { flow.provider }
    /// Of this sign-in; nil: nobody wants to see it.
    var trace: UpstreamTraceRecorder?

    init(_ flow: SignInFlow) {
        self.flow = flow
        carrier = Carrier(store: flow.provider.store, now: flow.provider.now)
    }

    /// Sends the user there.
    func begin(_ attempt: Attempt, at upstream: Upstream, for request: Request) throws -> Response {
        let authorization = try flow.validate(attempt.request)
        return try flow.sayingSilently(to: authorization.target) {
            try begin(attempt, authorization, at: upstream, for: request)
        }
    }

    /// - Parameters:
    ///   - silently: whether it is only to say who is signed in there.
    ///   - leavingChoice: whether they may sign in elsewhere as well, should this come to nothing.
    private func begin(
        _ attempt: Attempt, _ authorization: ValidatedAuthorizationRequest, at upstream: Upstream,
        silently isSilent: Bool = false, leavingChoice: Bool = false, for request: Request
    ) throws -> Response {
        let now = provider.now()
        if let late = try beginningAnew(attempt, since: attempt.startedAt, at: upstream, authorization, request) {
            return late
        }
        // OpenID Connect Core §3.1.2.1: whoever can't be made to prove anew who they are isn't led to believe that they have.
        guard upstream.oauth == nil || !authorization.wantsProofOfTime else {
            throw AuthorizationFailure.redirect(
                .loginRequired(
                    "the user's identity provider can't say when they proved who they are, and the app's request rests on it",
                    detail: .upstream(
                        upstream.name,
                        "speaks OAuth alone: it serves no max_age, prompt=login, prompt=none or need of auth_time")),
                authorization.target)
        }
        return try telling(upstream, authorization, attempt, leavingChoice: leavingChoice, request) {
            provider.store.moveOn()
            let metadata = try metadataToSetOut(to: upstream)
            let leg = UpstreamAttempt(
                attempt, at: upstream.name, isSilent: isSilent, trace: trace?.id, now: now, random: provider.random)
            // As long as it is taken: people may have a password to find there, or a telephone.
            let state = try carrier.carry(
                leg.sealed(by: provider.seal), from: request.remoteAddress, for: provider.lifetimes.attempt)
            let asked = UpstreamRequest(
                to: upstream, at: metadata, for: authorization, leg, state: state, from: provider.issuer)
            trace?.note(
                "Sent the user to \(metadata.authorizationEndpoint.value)", TraceCut.parameters(asked.fields))
            return provider.redirect(to: asked.uri, for: request)
        }
    }

    /// The same request, in whatever browser.
    func beginAnew(_ attempt: Attempt, for request: Request) throws -> Response {
        let authorization = try flow.validate(attempt.request)
        return try flow.sayingSilently(to: authorization.target) {
            signInAnew(authorization, attempt, try flow.signedIn(request), request)
        }
    }

    /// Asks it about the session that there is, and goes on with that, or as for somebody who isn't signed in.
    func ask(about attempt: Attempt, _ upstream: Upstream, for request: Request) throws -> Response {
        let authorization = try flow.validate(attempt.request)
        return try flow.sayingSilently(to: authorization.target) {
            try ask(about: attempt, authorization, upstream, for: request)
        }
    }

    private func ask(
        about attempt: Attempt, _ authorization: ValidatedAuthorizationRequest, _ upstream: Upstream,
        for request: Request
    ) throws -> Response {
        guard attempt.belongs(to: provider.cookies.browserToken(in: request)) else {
            return signInAnew(authorization, attempt, try flow.signedIn(request), request)
        }
        guard let word = try word(of: upstream, request) else {
            // They have signed in otherwise since.
            return flow.proceed(
                authorization, signedIn: try flow.signedIn(request), progress: .arrived, attempt: nil,
                raw: attempt.request, for: request)
        }
        provider.store.moveOn()
        let signedIn = try flow.signedIn(request)
        if word == .admits {
            return flow.proceed(
                authorization, signedIn: signedIn, progress: .arrived, attempt: attempt, raw: attempt.request,
                standing: .holds, for: request)
        }
        // A request that shows nothing asks there, as it does for whoever may only come from there.
        let options = try provider.signInOptions()
        if authorization.target.isSilent || options.onlyUpstream(for: authorization.client) != nil {
            return try begin(attempt, authorization, at: upstream, for: request)
        }
        if options.upstream(for: authorization) == nil {
            // Which says that it doesn't answer. What speaks OAuth alone proves nothing anew in any case.
            if word == .isMissing, upstream.oauth == nil || !authorization.wantsProofOfTime {
                return try begin(attempt, authorization, at: upstream, leavingChoice: true, for: request)
            }
            // Whoever is signed in there still comes back without having seen a page; whoever isn't chooses. So does whoever has
            // to prove anew who they are, or whose upstream gives nothing to ask with unless it is asked by a page.
            let mayBeThere = signedIn != nil && upstream.answersSilently && upstream.parameters["prompt"] == nil
            if mayBeThere, !authorization.wantsNewProof {
                return try begin(
                    attempt, authorization, at: upstream, silently: true, leavingChoice: true, for: request)
            }
        }
        return signInAnew(authorization, attempt, signedIn, request)
    }

    /// On whoever is signed in. Nil: nobody is, or not by it.
    private func word(of upstream: Upstream, _ request: Request) throws -> UpstreamWord? {
        guard let came = try flow.signedIn(request)?.session.upstream,
            let link = try provider.store.upstreamLink(came.link),
            came.link.issuer.hasSameBytes(as: upstream.issuer.value)
        else { return nil }
        return try provider.word(on: link, of: upstream)
    }

    /// As for somebody who isn't signed in: by the request's hints, the page to choose on, or wherever everybody goes.
    private func signInAnew(
        _ authorization: ValidatedAuthorizationRequest, _ attempt: Attempt, _ signedIn: SignedIn?, _ request: Request
    ) -> Response {
        flow.proceed(
            authorization, signedIn: signedIn, progress: .arrived, attempt: nil, raw: attempt.request,
            standing: .isOver, for: request)
    }

    /// Takes what they came back with.
    func finish(
        _ leg: UpstreamAttempt, at upstream: Upstream, _ parameters: Parameters, for request: Request
    ) throws -> Response {
        let authorization = try flow.validate(leg.attempt.request)
        return try flow.sayingSilently(to: authorization.target) {
            try finish(leg, authorization, at: upstream, parameters, for: request)
        }
    }

    private func finish(
        _ leg: UpstreamAttempt, _ authorization: ValidatedAuthorizationRequest, at upstream: Upstream,
        _ parameters: Parameters, for request: Request
    ) throws -> Response {
        let attempt = leg.attempt
        if let late = try beginningAnew(attempt, since: leg.startedAt, at: upstream, authorization, request) {
            return late
        }
        // Single use, before anything is done with what came: a second answer to the same state is one too many, with
        // another code of the upstream's as well. Whoever reloads the page goes on with the session that they have.
        guard try provider.store.spend(leg.id, until: leg.startedAt + provider.lifetimes.attempt) else {
            logBadState("it was used before", at: upstream, request)
            // Nor does that say how the first one ends, which may be under way.
            trace?.note("Came back once more: the state was used before")
            let isInvited = attempt.linking?.invitation != nil
            if isInvited, try flow.signedIn(request) == nil {
                return try page(.stale, attempt, authorization, request)
            }
            return flow.proceed(
                authorization, signedIn: try flow.signedIn(request), progress: .arrived, attempt: nil,
                raw: attempt.request, failure: .stale, for: request)
        }
        return try telling(upstream, authorization, attempt, leavingChoice: leg.isSilent, request) {
            provider.store.moveOn()
            let metadata = try provider.metadata(of: upstream)
            let answer = try UpstreamAnswer(
                parameters, from: upstream.issuer, namesIssuer: metadata.namesIssuerInAnswers)
            switch answer {
            case .code(let code):
                let (identity, tokens) = try provider.exchange(with: upstream, metadata, tracedBy: trace)
                    .identity(by: code, of: leg)
                trace?.note(
                    "Verified what it says of the user",
                    ["iss": .string(upstream.issuer.value), "sub": .string(identity.subject)])
                if let linking = attempt.linking {
                    try identity.requireSeen(by: upstream, metadata, for: authorization, leg)
                    let links = UpstreamLinking(flow)
                    if let response = try links.finish(linking, identity, tokens, at: upstream, attempt, request) {
                        return response
                    }
                }
                let authTime = try identity.authTime(for: authorization, of: leg, at: provider.now())
                return try signIn(identity, tokens, authTime, at: upstream, authorization, attempt, request)
            case .error(let error, let description):
                if leg.isSilent, !answer.isOutage {
                    if !answer.needsUser {
                        provider.log.notice(
                            "an upstream refuses to say who is signed in there",
                            metadata: [
                                "upstream": "\(upstream.name)", "request": "\(request.id)", "error": "\(error)",
                            ])
                    }
                    return signInAnew(authorization, attempt, try flow.signedIn(request), request)
                }
                if answer.needsUser, authorization.target.isSilent {
                    throw AuthorizationFailure.wouldNeedSignIn(authorization.target)
                }
                if answer.isRefusal {
                    throw AuthorizationFailure.redirect(
                        .accessDenied(
                            "the user's identity provider did not let them in, or they turned back there",
                            detail: .upstream(
                                upstream.name, "answered access_denied\(description.map { ": \($0)" } ?? "")")),
                        authorization.target)
                }
                let fault = UpstreamFault.refused(error, description: description)
                throw answer.isOutage ? UpstreamFault.unreachable("it \(fault)") : fault
            }
        }
    }

    /// Whoever was to sign in at an upstream that was removed meanwhile, here or there, chooses anew.
    func leadOn(from upstream: UpstreamName, _ attempt: Attempt, for request: Request) throws -> Response {
        let authorization = try flow.validate(attempt.request)
        return try flow.sayingSilently(to: authorization.target) {
            let error = OAuthError.invalidRequest(
                "the user's identity provider is no longer there", cause: "\(upstream) was removed meanwhile",
                detail: .upstream(upstream, "was removed while somebody was to sign in there"))
            if case .session = attempt.linking {
                throw PageForm.Refused(kind: .upstreamRemoved, error: error, attempt: attempt)
            }
            provider.logRefusal(error, of: request)
            return try page(.removed, attempt, authorization, request)
        }
    }

    /// Nobody is led to a server that doesn't answer, as far as is known: then it is asked first.
    private func metadataToSetOut(to upstream: Upstream) throws(UpstreamFault) -> UpstreamMetadata {
        guard !provider.upstreams.breaker.isWell(upstream.name) else {
            return try provider.metadata(of: upstream)
        }
        return try provider.upstreams.present(upstream) { provider.note($0, of: upstream.name) }
    }

    /// Where this can't go on: it was begun too long ago, or the app's users sign in elsewhere by now. Nil: it goes on.
    private func beginningAnew(
        _ attempt: Attempt, since begin: Timestamp, at upstream: Upstream,
        _ authorization: ValidatedAuthorizationRequest, _ request: Request
    ) throws -> Response? {
        let isInTime = begin.isWithin(provider.lifetimes.attempt, of: provider.now())
        guard isInTime, authorization.client.metadata.upstreams.admit(upstream.name) else {
            let why = isInTime ? "the app's users sign in elsewhere" : "it is of a sign-in that was begun too long ago"
            logBadState(why, at: upstream, request)
            trace?.fail(why)
            guard case .session = attempt.linking else {
                return try page(.stale, attempt, authorization, request)
            }
            // By a login page they would sign in as whomever they are there, and be linked to nobody.
            throw PageForm.Refused(
                kind: .expired, error: .invalidRequest("the upstream was to be connected too long ago"),
                attempt: attempt)
        }
        return nil
    }

    /// Who was invited is so on the next page as well.
    private func page(
        _ failure: LoginPage.Failure, _ attempt: Attempt, _ authorization: ValidatedAuthorizationRequest,
        _ request: Request
    ) throws -> Response {
        try flow.loginPage(
            authorization, attempt.request, failure: failure, username: attempt.typedName,
            invitation: attempt.linking?.invitation, for: request)
    }

    /// The user goes on; whoever looks why they had to begin anew, or who plays old answers back, finds the line.
    private func logBadState(_ why: String, at upstream: Upstream, _ request: Request) {
        provider.logRefusal(
            .invalidRequest(
                "the sign-in at the identity provider has to be begun anew", cause: "state: \(why)",
                detail: .upstream(upstream.name, "the state can't be taken: \(why)")),
            of: request)
    }

    private func signIn(
        _ identity: UpstreamIdentity, _ tokens: UpstreamTokens?, _ authTime: Timestamp?, at upstream: Upstream,
        _ authorization: ValidatedAuthorizationRequest, _ attempt: Attempt, _ request: Request
    ) throws -> Response {
        let store = provider.store
        if let trace {
            store.moveOn()
            let mapping = MappingTrace(
                of: identity, by: upstream, catalogue: try store.catalogue(), evaluator: provider.upstreamExpressions)
            for step in mapping.steps { trace.note(step.what, step.details) }
        }
        // Whoever is changed between the decision and the session is decided on again, as they are then.
        for _ in 0..<3 {
            store.moveOn()
            let link = try store.upstreamLink(UpstreamLinkID(identity))
            let user: UpstreamUser
            do {
                user = try identity.user(
                    by: upstream, link: link, user: try link.flatMap { try store.user($0.userID) },
                    tokens: tokens, opening: provider.seal, catalogue: try store.catalogue(),
                    evaluator: provider.upstreamExpressions,
                    available: { text in
                        guard let name = try? Username(choosing: text) else { return nil }
                        return try store.user(named: name) == nil ? name : nil
                    }, random: provider.random, at: provider.now())
            } catch let refusal as UpstreamRefusal {
                guard case .notAdmitted = refusal, let link else { throw refusal }
                guard try UpstreamRecheck(provider: provider).letGo(link, of: upstream) else { continue }
                throw refusal
            }
            let opening = SessionOpening(
                upstream: user, identity, authTime: authTime, at: upstream, sealingBy: provider.seal)
            if let response = try flow.open(opening, authorization, attempt, for: request) {
                provider.note(.signedIn, of: upstream.name)
                trace?.note(
                    "Signed in as \(user.user.username)\(link == nil ? ", who is new" : "")",
                    user.traced(hiding: TracedSecrets.values(in: .object(identity.claims))),
                    outcome: .signedIn)
                return response
            }
        }
        throw OAuthError.temporarilyUnavailable(cause: "the user of the upstream \(upstream.name) changes all the time")
    }

    /// Tells whom it concerns that it came to nothing: the user by a page that leads on, the app if nothing may be shown, and
    /// the administrator by the log.
    private func telling(
        _ upstream: Upstream, _ authorization: ValidatedAuthorizationRequest, _ attempt: Attempt,
        leavingChoice: Bool = false, _ request: Request, _ respond: () throws -> Response
    ) throws -> Response {
        let cause: String
        let failure: UpstreamFailure
        do { return try respond() } catch let fault as UpstreamFault {
            (cause, failure) = ("the upstream \(fault)", UpstreamFailure(fault))
        } catch let refusal as UpstreamRefusal {
            (cause, failure) = ("\(refusal)", UpstreamFailure(refusal))
        } catch {
            trace?.fail((error as? AuthorizationFailure)?.traced ?? "\(error)")
            throw error
        }
        trace?.fail(cause)
        provider.note(.failed(cause), of: upstream.name)
        let error = failure.error(cause, upstream.name)
        guard !authorization.target.isSilent else { throw AuthorizationFailure.redirect(error, authorization.target) }
        switch failure {
        case .unreachable:
            if case .session = attempt.linking {
                throw PageForm.Refused(kind: .unavailable, error: error, attempt: attempt)
            }
            provider.logRefusal(error, of: request)
            return try page(.unreachable(upstream.title), attempt, authorization, request)
        case .refused where leavingChoice, .disabled where leavingChoice:
            // Whoever is signed in there may be somebody else.
            provider.logRefusal(error, of: request)
            return try page(.notAdmitted(upstream.title), attempt, authorization, request)
        case .broken where leavingChoice:
            // Beginning anew would only ask for them once more.
            provider.logRefusal(error, of: request)
            return signInAnew(authorization, attempt, try flow.signedIn(request), request)
        case .broken: throw PageForm.Refused(kind: .upstreamFailed, error: error, attempt: attempt)
        case .refused: throw PageForm.Refused(kind: .notAdmitted, error: error, attempt: attempt)
        case .disabled: throw PageForm.Refused(kind: .disabled, error: error, attempt: attempt)
        }
    }
}

/// What comes of a fault, for those who meet it.
private enum UpstreamFailure {
    /// It passes.
    case unreachable
    /// An administrator has to look.
    case broken
    /// The upstream has let them in, and we don't.
    case refused
    /// Likewise, since their account here is disabled.
    case disabled

    init(_ fault: UpstreamFault) {
        self =
            switch fault {
            case .unreachable, .unanswered: .unreachable
            default: .broken
            }
    }

    init(_ refusal: UpstreamRefusal) {
        self =
            switch refusal {
            case .mapping: .broken
            case .disabled: .disabled
            case .notAdmitted: .refused
            }
    }

    func error(_ cause: String, _ upstream: UpstreamName) -> OAuthError {
        switch self {
        case .unreachable:
            .temporarilyUnavailable(cause: "\(upstream): \(cause)", detail: .upstream(upstream, cause))
        case .broken: .serverError(cause: "\(upstream): \(cause)", detail: .upstream(upstream, cause))
        case .refused, .disabled:
            .accessDenied(
                "the user's identity provider has let them in, and this provider does not", cause: cause,
                detail: .upstream(upstream, cause))
        }
    }
}

extension ValidatedAuthorizationRequest {
    /// Whether a sign-in without a page could leave something unmet that one with a page meets: who it is, when, or how.
    fileprivate var wantsNewProof: Bool {
        maxAge != nil || !prompt.isDisjoint(with: [.login, .selectAccount]) || hint != nil || claims.subjects != nil
            || claims.essentialACRs != nil || wantsAuthTime
    }

    /// Whether its answer rests on when, or whether, the user has proved who they are.
    fileprivate var wantsProofOfTime: Bool {
        maxAge != nil || prompt.contains(.login) || target.isSilent || wantsAuthTime
    }
}

extension UpstreamUser {
    /// Whom the sign-in was made into.
    fileprivate func traced(hiding secrets: Set<String>) -> JSON {
        [
            "sub": .string(user.id.value), "roles": .array(user.roles.sorted().map { .string($0.description) }),
            "by_this_upstream": .array(link.roles.sorted().map { .string($0.description) }),
            "attributes": TracedSecrets.cut(.object(user.attributes), and: secrets),
        ]
    }
}

extension AuthorizationFailure {
    /// What the app, or the user, was told.
    fileprivate var traced: String {
        switch self {
        case .page(_, let error), .redirect(let error, _): "\(error.code.rawValue): \(error.text)"
        }
    }
}
