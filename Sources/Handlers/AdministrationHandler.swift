import FCGIBridge
import JOSE
import OIDCLogic

/// The administration API: who calls, and what they ask for.
struct AdministrationHandler {
    let provider: Provider

    func respond(to request: Request) -> Response {
        do {
            return try answer(request)
        } catch {
            return refuse(error, request)
        }
    }

    private func answer(_ request: Request) throws -> Response {
        let path = RoutePath.parts(of: request.tail) ?? []
        if path == ["openapi.json"] {
            guard request.method == .get else { return methodNotAllowed(request, allowed: [.get]) }
            _ = try KnownParameters().read(request)
            return .json(OpenAPIDocument(issuer: provider.issuer).json)
        }
        let token = try authenticate(request)
        let caller = AdministrationCaller(token, in: try provider.store.catalogue())
        do {
            return try provider.acting(as: AuditActor.Who(token.subject), by: .api, request) {
                try AdministrationOperations(provider: provider).perform(path, by: caller, request)
            }
        } catch let error as AdministrationOperations.MethodNotAllowed {
            return methodNotAllowed(request, allowed: error.allowed)
        } catch let error as AdministrationOperations.LackingScope {
            return lacking(error.scope, request)
        }
    }

    /// A token is good for this API alone if it was asked for it (RFC 8707), so that one that another resource was shown
    /// opens nothing here.
    private func authenticate(_ request: Request) throws -> LiveAccessToken {
        guard let bearer = try BearerToken(authorization: request.header("Authorization"), form: nil) else {
            throw OAuthError.invalidToken(
                "an access token is needed, as Authorization: Bearer", detail: .credential(.accessToken, .absent))
        }
        let token = try AccessTokenVerifier(provider: provider).verify(bearer.text)
        guard token.token.isFor(AdministrationScope.resource(of: provider.issuer)) else {
            throw OAuthError.invalidToken(
                "the token is not for this API; ask for it with resource=, and the issuer followed by /admin/api/v1",
                detail: .credential(.accessToken, .otherAudience))
        }
        return token
    }

    private func methodNotAllowed(_ request: Request, allowed: [Method]) -> Response {
        let names = (allowed + (allowed.contains(.get) ? [.head] : [])).map(\.rawValue).sorted()
        let text = names.joined(separator: ", ")
        var response = AdministrationProblem(.methodNotAllowed, "this path takes \(text)").response(to: request)
        response[.allow] = HeaderValue(text)
        return response
    }

    /// RFC 6750 §3: the challenge may say in `scope` what is needed.
    private func lacking(_ scope: AdministrationScope, _ request: Request) -> Response {
        var response = challenge(
            .insufficientScope("the call needs a scope that the caller doesn't hold", detail: nil), request,
            saying: "this call needs the scope \(scope.rawValue), which the token lacks, or its holder no longer has")
        if let header = response[.wwwAuthenticate] {
            response[.wwwAuthenticate] = HeaderValue("\(header.text), scope=\"\(scope.rawValue)\"")
        }
        return response
    }

    private func refuse(_ error: any Error, _ request: Request) -> Response {
        guard let problem = AdministrationProblem(error) else {
            return challenge(OAuthError(answering: error), request)
        }
        provider.logRefusal(
            problem.status.reason.lowercased(), problem.member.map { "\($0) was refused" } ?? "the call was refused",
            problem.member.map(RefusalDetail.clientMetadata), of: request)
        return problem.response(to: request)
    }

    /// RFC 6750 §3, with the body of every other refusal here.
    private func challenge(_ error: OAuthError, _ request: Request, saying detail: String? = nil) -> Response {
        let plain = provider.bearerChallenge(error, realm: .administration, for: request)
        var response = AdministrationProblem(plain.status, detail ?? "\(error.text)").response(to: request)
        for name in [HeaderName.wwwAuthenticate, .retryAfter] { response[name] = plain[name] }
        return response
    }
}
