import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let explanationRoutes = [
        AdministrationRoute(
            .get, "clients/{client_id}/explanation", .readClients,
            "Replay a sign-in of the caller, or of another user (which wants postern:users:read), or a service's request",
            query: ["user", "grant_type", "scope", "prompt", "resource", "address", "acr"], answer: (.ok, "Explanation")
        ) { call in .json(try call.explanation.json) }
    ]
}

extension AdministrationCall {
    /// What the query asks for. Whoever asks about themselves learns what they could by signing in.
    var explanation: Explanation {
        get throws {
            let client = try client()
            var question = try explanationQuestion
            let explanations = administration.explanations
            switch try explainedGrant(of: client) {
            case .clientCredentials: return try explanations.explain(service: client, question)
            case .authorizationCode, .refreshToken:
                let user = try explainedUser
                // Where another's browser is, the caller's address doesn't tell.
                if question.address == nil, user.id == caller.userID { question.address = request.remoteAddress }
                return try explanations.explain(user, at: client, question)
            }
        }
    }

    private func explainedGrant(of client: Client) throws -> GrantType {
        let hasUser = try parameter("user") != nil
        guard let name = try parameter("grant_type") else {
            return hasUser || client.metadata.grantTypes.contains(.authorizationCode)
                ? .authorizationCode : .clientCredentials
        }
        switch GrantType(rawValue: name) {
        case .clientCredentials:
            guard !hasUser else {
                throw AdministrationProblem.invalid(
                    "client_credentials is a grant without a user; leave user out", member: "user")
            }
            return .clientCredentials
        case .authorizationCode: return .authorizationCode
        case .refreshToken, nil:
            throw AdministrationProblem.invalid(
                "grant_type is \"\(name)\"; it must be authorization_code or client_credentials", member: "grant_type")
        }
    }

    private var explainedUser: User {
        get throws {
            let store = provider.store
            guard let text = try parameter("user", limit: 255) else {
                guard let own = try caller.userID.flatMap(store.user) else {
                    throw AdministrationProblem.invalid(
                        "user is missing: say by name or sub whose sign-in it is, since the caller is no user",
                        member: "user")
                }
                return own
            }
            let named = try store.user(UserID(text)) ?? store.user(named: Username(typed: text))
            if let named, named.id == caller.userID { return named }
            // Before it is said whether there is such a user.
            guard caller.may(.readUsers) else {
                throw AdministrationProblem(
                    .forbidden,
                    "what another user would be given is shown to those who hold "
                        + "\(AdministrationScope.readUsers.rawValue); leave user out to be told of yourself",
                    member: "user")
            }
            // To find the nearest name takes a look at all of them, which a request has no time for.
            guard let named else {
                throw AdministrationProblem(.notFound, "there is no user \"\(text)\"", member: "user")
            }
            return named
        }
    }

    private var explanationQuestion: ExplanationQuestion {
        get throws {
            var question = ExplanationQuestion()
            do {
                question.scope = try parameter("scope", limit: 4096).map { text throws(OAuthError) in try Scope(text) }
            } catch {
                let name = try parameter("scope", limit: 4096).flatMap { Scope.malformedName(in: $0) } ?? ""
                throw AdministrationProblem.invalid("scope has \"\(name)\"; \(Scope.rule)", member: "scope")
            }
            let prompt = try parameter("prompt", limit: 64) ?? ""
            do { question.prompt = try Prompt.set(prompt) } catch {
                throw AdministrationProblem.invalid(
                    "prompt is \"\(prompt)\"; it must be of login, consent and select_account, or none",
                    member: "prompt")
            }
            question.resource = try parameter("resource", limit: ResourceIndicator.limit)
            if let acr = try parameter("acr", limit: 255) { question.acr = acr }
            if let address = try parameter("address", limit: 64) {
                guard Explanations.isAddress(address) else {
                    throw AdministrationProblem.invalid(
                        "address is \"\(address)\"; it must be an IPv4 or IPv6 address, such as 192.0.2.7",
                        member: "address")
                }
                question.address = address
            }
            return question
        }
    }
}
