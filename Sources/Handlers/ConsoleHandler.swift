import FCGIBridge
import JOSE
import OIDCLogic

/// The administrator's console: pages over the calls of the administration API.
struct ConsoleHandler {
    let provider: Provider
    private let flow: SignInFlow

    /// In seconds, how long ago the sign-in may be for what is dangerous.
    private static let freshness: Int64 = 15 * 60

    init(_ provider: Provider) {
        self.provider = provider
        flow = SignInFlow(provider)
    }

    func respond(to request: Request) -> Response {
        provider.answeringPage(request) {
            guard request.isOfPerson else {
                return provider.errorPage(
                    .foreignForm, .invalidRequest("the console answers to a person's browser only"), for: request)
            }
            guard request.tail != "link" else { return try ConsoleLinkPage(provider: provider).answer(request) }
            guard request.tail != OwnClient.arrival else { return try arrive(request) }
            guard let parts = request.tail.isEmpty ? [] : RoutePath.parts(of: request.tail),
                let (route, variables) = route(parts)
            else { return provider.errorPage(.notFound, .invalidRequest("the console has no such page"), for: request) }
            guard let signedIn = try flow.signedInStanding(request) else { return try signIn(request, parts) }
            let caller = AdministrationCaller(signedIn, in: try provider.store.catalogue())
            guard caller.mayAnything else {
                return provider.errorPage(
                    .forbidden, .accessDenied("the console is for those who hold a role that begins with postern:"),
                    for: request)
            }
            let lacks = route.needs.flatMap { caller.may($0) ? nil : $0 }
            guard !route.wantsFreshSignIn || lacks != nil || isFresh(signedIn) else {
                return try signIn(request, parts, again: true)
            }
            let form = request.method == .post ? try Self.fields(request) : nil
            let call = try ConsoleCall(
                provider: provider, signedIn: signedIn, caller: caller, request: request, variables: variables,
                form: form, isFresh: isFresh(signedIn))
            if let lacks {
                let page = ConsolePage(
                    "This isn’t for you", notice: .failed(ConsoleCall.why(lacks) + " Ask somebody who does."), [])
                return render(page, call, status: .forbidden)
            }
            return try provider.acting(as: .user(signedIn.user.id), by: .console, request) {
                try answer(route, call)
            }
        }
    }

    private func route(_ parts: [String]) -> (ConsoleRoute, [String: String])? {
        // Whatever is named so, no browser asks for it: it would be led elsewhere (RFC 3986 §5.2.4).
        guard !parts.contains("."), !parts.contains("..") else { return nil }
        for route in ConsoleRoute.all {
            if let variables = route.path.match(parts) { return (route, variables) }
        }
        return nil
    }

    private func isFresh(_ signedIn: SignedIn) -> Bool {
        signedIn.session.authTime?.isWithin(Self.freshness, of: provider.now()) ?? false
    }

    private static func fields(_ request: Request) throws -> [String: String] {
        var fields: [String: String] = [:]
        for field in try request.formFields() where fields.updateValue(field.value, forKey: field.name) != nil {
            throw OAuthError.invalidRequest("a field was sent more than once")
        }
        return fields
    }

    // MARK: Signing in

    /// By the provider's own sign-in, as an app has it. A form leads to none: where people sign in elsewhere, browsers hold it
    /// against `form-action`, and show nothing at all.
    private func signIn(_ request: Request, _ parts: [String], again: Bool = false) throws -> Response {
        guard request.method != .post else {
            return provider.errorPage(
                .expired,
                .invalidRequest("a form of the console was open longer than its session, or than a sign-in counts"),
                for: request,
                startAgain: WebLink(provider.issuer.endpoint("admin/") + Self.path(parts)).map {
                    ErrorPage.StartAgain(link: $0, clientName: "the console")
                })
        }
        return try flow.signIn(by: .console, state: Self.path(parts), again: again, for: request)
    }

    private static func path(_ parts: [String]) -> String {
        parts.map(RoutePath.escaped).joined(separator: "/")
    }

    private func arrive(_ request: Request) throws -> Response {
        let parameters = Parameters(try request.queryFields())
        guard try parameters.value("error") == nil else {
            return provider.errorPage(
                .turnedBack, .accessDenied("the sign-in to the console was given up"), for: request,
                startAgain: WebLink(provider.issuer.endpoint("admin/")).map {
                    ErrorPage.StartAgain(link: $0, clientName: "the console")
                })
        }
        // Only an address of the console: the parameter may be anybody's.
        let state = try parameters.value("state") ?? ""
        let parts = RoutePath.parts(of: state).flatMap { route($0) == nil ? nil : $0 } ?? []
        return provider.redirect(to: provider.issuer.endpoint("admin/") + Self.path(parts), for: request)
    }

    // MARK: Pages

    private func answer(_ route: ConsoleRoute, _ call: ConsoleCall) throws -> Response {
        guard let form = call.form else {
            var (page, status) = try page(route, call)
            let done = DoneNotice(at: path(of: call), of: call.signedIn, seal: provider.seal)
            if page.notice == nil, let word = done.word(in: try call.query.value("done")) {
                page.notice = ConsoleDone(rawValue: word).map { .done($0.text) }
            }
            return render(page, call, status: status)
        }
        guard let act = route.act else {
            let (page, status) = try page(route, call)
            return render(page, call, status: status)
        }
        let action = path(of: call)
        guard
            let token = ConsoleFormToken(form["token"], for: action, of: call.signedIn, opening: provider.seal)
        else {
            return provider.errorPage(
                .foreignForm, .invalidRequest("the form came without its token, or of a session that is over"),
                for: call.request)
        }
        // A page that shows a secret was answered to a form: whoever reloads it sends the form again.
        guard try provider.store.spend(token.step, until: call.signedIn.session.expiresAt) else {
            var (page, _) = try page(route, call)
            page.notice = .failed(
                "This form was sent before, and nothing was done this time. Look whether what you wanted is done.")
            return render(page, call, status: .conflict)
        }
        do {
            switch try act(call) {
            case .done(let done, let path):
                let notice = DoneNotice(at: path, of: call.signedIn, seal: provider.seal)
                return provider.redirect(to: origin + path + notice.query(done.rawValue), for: call.request)
            case .page(let page): return render(page, call)
            }
        } catch {
            guard let problem = Self.problem(error) else { throw error }
            // What was typed is not lost: the form is shown again, with the error beside its field.
            var (page, _) = try page(route, call)
            page.refuse(problem, typed: form)
            return render(page, call, status: problem.status)
        }
    }

    private func path(of call: ConsoleCall) -> String { provider.issuer.path + "/admin/" + call.request.tail }

    private func page(_ route: ConsoleRoute, _ call: ConsoleCall) throws -> (ConsolePage, Status) {
        do { return (try route.show(call), .ok) } catch {
            guard let problem = Self.problem(error) else { throw error }
            return (ConsolePage("This can’t be shown", notice: .failed(problem.detail), []), problem.status)
        }
    }

    private static func problem(_ error: any Error) -> AdministrationProblem? {
        if let error = error as? AdministrationOperations.LackingScope {
            return AdministrationProblem(
                .forbidden, "this needs the role \(error.scope.rawValue), which you don’t hold; ask somebody who does")
        }
        return AdministrationProblem(error)
    }

    private var origin: String { String(provider.issuer.value.dropLast(provider.issuer.path.utf8.count)) }

    private func render(_ page: ConsolePage, _ call: ConsoleCall, status: Status = .ok) -> Response {
        var page = page
        page.frame.user = call.signedIn.user.displayName
        page.frame.signOut = provider.issuer.path + "/logout"
        page.frame.tabs = ConsoleRoute.tabs.filter { $0.scope.map(call.caller.may) ?? true }.map { tab in
            ConsoleLink(label: tab.label, uri: call.path(tab.path))
        }
        page.frame.current = call.path(RoutePath.parts(of: call.request.tail).map(ConsoleRoute.tab) ?? [])
        for index in page.blocks.indices {
            guard case .form(var form) = page.blocks[index].content, form.purpose == .change else { continue }
            form.token =
                ConsoleFormToken(
                    for: form.action, of: call.signedIn, seal: provider.seal, random: provider.random
                ).text
            page.blocks[index].content = .form(form)
        }
        var response = provider.pages.answer(page, status: status, uiLocales: ["en"], acceptLanguage: nil)
        response.keepFormsHere()
        response.clear(provider.cookies.useless(in: call.request))
        return response
    }
}

extension ConsolePage {
    /// Shows the form again as it was filled in, with what is wrong.
    fileprivate mutating func refuse(_ problem: AdministrationProblem, typed: [String: String]) {
        notice = .failed(problem.detail)
        for index in blocks.indices {
            guard case .form(let form) = blocks[index].content, form.purpose == .change else { continue }
            let error = problem.faults.isEmpty ? problem.detail : problem.faults.joined(separator: "\n")
            let refilled = form.refilled(typed, error: error, at: problem.member)
            blocks[index].content = .form(refilled.form)
            if let marked = refilled.marked { notice = .failed("Nothing was changed. What is wrong:", marked: marked) }
        }
    }
}
