import JOSE

/// An authorization request as it came (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1): nothing of it is trusted yet.
package struct AuthorizationRequest: Sendable {
    package let clientID: ClientID
    let parameters: Parameters
    /// Whether its client signed what it asks for, in a request object that was taken in.
    package let isSigned: Bool

    /// Throws what its page says if the request doesn't tell who asks.
    package init(_ parameters: Parameters) throws(AuthorizationFailure) {
        try self.init(parameters, isSigned: false)
    }

    /// - Parameter isSigned: known, as of parameters that come out of an attempt.
    init(_ parameters: Parameters, isSigned: Bool) throws(AuthorizationFailure) {
        do throws(OAuthError) {
            guard let id = try parameters.value(.clientID) else {
                throw .invalidRequest("client_id is missing", detail: .parameter("client_id", .absent))
            }
            clientID = ClientID(id)
        } catch {
            throw .page(.badRequest, error)
        }
        self.parameters = parameters
        self.isSigned = isSigned
    }

    /// The fields that begin the same request again.
    package var fields: [(name: String, value: String)] {
        AuthorizationParameter.allCases.flatMap { parameter -> [(name: String, value: String)] in
            guard parameter != .resource else {
                return parameters.values(parameter.rawValue).prefix(Parameters.resourceLimit)
                    .filter { $0.utf8.count <= parameter.limit }.map { (parameter.rawValue, $0) }
            }
            return (try? parameters.value(parameter)).map { [(parameter.rawValue, $0)] } ?? []
        }
    }

    /// The languages to speak to its user in, even where it is refused; none if they can't be read.
    package var uiLocales: [String] { Self.uiLocales(in: parameters) }

    package static func uiLocales(in parameters: Parameters) -> [String] {
        ((try? parameters.value(.uiLocales)) ?? "").split(separator: " ").map(String.init)
    }

    /// Validates it for the client that it names, as that client is now (nil: there is none of that id).
    package func validated(
        for client: Client?, hints: HintVerifier, objects: RequestObjectRules
    ) throws(AuthorizationFailure) -> ValidatedAuthorizationRequest {
        guard let client, client.id == clientID else {
            throw .page(
                .unknownClient,
                .invalidRequest(
                    "no client with this client_id", cause: "unknown client: \(clientID)", detail: .unknownClient))
        }
        guard client.approval == .given else { throw .page(.awaitedApproval, .awaitedApproval) }
        let request = try assembled(for: client, by: objects)
        let target = try RedirectTarget(request.parameters, for: client)
        do throws(OAuthError) {
            return try ValidatedAuthorizationRequest(request, for: client, to: target, hints: hints)
        } catch {
            throw .redirect(error, target)
        }
    }

    /// The request with what its request object says (OpenID Connect Core §6.1, RFC 9101 §6.3).
    private func assembled(
        for client: Client, by rules: RequestObjectRules
    ) throws(AuthorizationFailure) -> AuthorizationRequest {
        let object: RequestObject
        do throws(OAuthError) {
            guard let found = try rules.object(in: parameters, of: client) else { return self }
            object = found
        } catch {
            throw refusal(error, parameters, for: client)
        }
        do throws(OAuthError) {
            try parameters.requireSingle(but: "resource")
            return try signed(by: object, of: client, rules)
        } catch {
            // Whoever wrote it, an answer goes to its redirect URI only if that is the client's. What stands beside the
            // object goes first, so that a URI which isn't the client's is told as such.
            throw refusal(error, object.unverifiedParameters.superseded(by: parameters), for: client)
        }
    }

    private func signed(
        by object: RequestObject, of client: Client, _ rules: RequestObjectRules
    ) throws(OAuthError) -> AuthorizationRequest {
        let said = try object.verified(for: client, by: rules).parameters
        // OpenID Connect Core §6.1
        if let outside = try parameters.value(.responseType), let inside = try said.value(.responseType) {
            guard outside.hasSameBytes(as: inside) else {
                throw .invalidRequest(
                    "response_type is another in the request object", detail: .parameter("response_type", .repeated))
            }
        }
        // What stands beside the object is as good as unsigned. RFC 9101 §6.3 takes none of it; OpenID Connect Core §6.1
        // takes what the object doesn't say, and a client that may leave out the object altogether loses nothing by that.
        let whole = client.metadata.requireSignedRequestObject ? said : parameters.superseded(by: said)
        let id = Parameters([(AuthorizationParameter.clientID.rawValue, clientID.value)])
        do throws(AuthorizationFailure) {
            return try AuthorizationRequest(
                whole.superseded(by: id).without("request", "request_uri"), isSigned: true)
        } catch {
            throw error.error
        }
    }

    /// Tells the client, if it is known where; else the user.
    private func refusal(_ error: OAuthError, _ parameters: Parameters, for client: Client) -> AuthorizationFailure {
        do throws(AuthorizationFailure) {
            return .redirect(error, try RedirectTarget(parameters, for: client))
        } catch let failure {
            // Without a redirect URI at all, what is wrong is the object that should have named it.
            if case .page(.badRequest, _) = failure { return .page(.badRequest, error) }
            return failure
        }
    }
}

/// Where an answer may be sent. Only this file can make one, after the match.
package struct RedirectTarget: Sendable {
    package let clientID: ClientID
    package let uri: String
    /// What is asked for, but for what is another each time: `state`, `nonce` and the challenge.
    package let purpose: [UInt8]
    /// The request didn't name it.
    package let isImplied: Bool
    package let state: String?
    package let mode: ResponseMode
    /// OpenID Connect Core §3.1.2.1, `prompt=none`: no page is ever shown instead of the answer.
    package let isSilent: Bool

    /// In bytes: the URI, and the state as it goes into a query. What an answer adds to them still fits into a header.
    private static let limit = 3200

    /// RFC 6749 §3.1.2.4 and §4.1.2.1: until the URI is known to be the client's, an error is a page.
    fileprivate init(_ parameters: Parameters, for client: Client) throws(AuthorizationFailure) {
        let requested: String?
        do throws(OAuthError) { requested = try parameters.value("redirect_uri") } catch {
            throw .page(.badRequest, error)
        }
        isImplied = requested == nil
        guard let requested = requested ?? Self.only(of: client, for: parameters) else {
            throw .page(
                .badRequest,
                .invalidRequest("redirect_uri is missing", detail: .parameter("redirect_uri", .absent)))
        }
        guard client.metadata.hasRegistered(requested) else {
            let cause = "redirect_uri \(RedactedURI(redacting: requested).value) is not registered for \(client.id)"
            throw .page(
                .redirectMismatch,
                .invalidRequest(
                    "redirect_uri is none of those registered for this client", cause: cause,
                    detail: .unregisteredRedirectURI))
        }
        clientID = client.id
        uri = requested
        purpose = Self.purpose(parameters, of: client)
        isSilent = (try? parameters.value(.prompt))?.split(separator: " ").contains("none") ?? false
        // One that isn't known, or that can't be had there, is told of in the query, as every client can read that.
        let asked = (try? parameters.value(.responseMode)).flatMap(ResponseMode.init(rawValue:)) ?? .query
        mode = asked.reaches(requested) ? asked : .query
        // A state that can't be told apart (sent twice), is too long or would not arrive as it is, is left out of the
        // answer about that.
        let state = (try? parameters.value(.state)).flatMap { [mode] in
            mode == .formPost && !$0.survivesForms ? nil : $0
        }
        let room = Self.limit - requested.utf8.count
        self.state = state.flatMap { FormEncoding.encodedCount($0) <= room ? $0 : nil }
    }

    private static func purpose(_ parameters: Parameters, of client: Client) -> [UInt8] {
        let changing: [AuthorizationParameter] = [.state, .nonce, .codeChallenge, .clientID]
        let fields = AuthorizationParameter.allCases.filter { !changing.contains($0) }.flatMap { parameter in
            parameters.values(parameter.rawValue).map { (name: parameter.rawValue, value: $0) }
        }
        return Digest.sha256(Array(FormEncoding.encode([("client_id", client.id.value)] + fields).utf8))
    }

    /// RFC 6749 §3.1.2.3: a client with one redirect URI need not name it. OpenID Connect Core §3.1.2.1 wants it named.
    private static func only(of client: Client, for parameters: Parameters) -> String? {
        guard client.metadata.redirectURIs.count == 1, let scope = try? parameters.scope(for: client),
            !scope.contains(Scope.openID)
        else { return nil }
        return client.metadata.redirectURIs[0].value
    }
}

/// Why an authorization request is refused, and who is told.
package enum AuthorizationFailure: Error, Sendable {
    /// RFC 6749 §4.1.2.1: the user, since the redirect URI may be a thief's.
    case page(PageKind, OAuthError)
    case redirect(OAuthError, RedirectTarget)

    var error: OAuthError {
        switch self {
        case .page(_, let error), .redirect(let error, _): error
        }
    }

    /// What the page explains.
    package enum PageKind: Sendable {
        case badRequest, unknownClient, redirectMismatch
        /// Nobody has looked at it yet, so nobody is led to it, not even by an error.
        case awaitedApproval
    }
}

/// An authorization request whose every parameter is understood, of a client that may send it.
package struct ValidatedAuthorizationRequest: Sendable {
    /// What it was before, with what its request object says: what begins it again.
    package let request: AuthorizationRequest
    package let client: Client
    package let target: RedirectTarget
    /// What is asked for, not what is given.
    package let scope: Scope
    package let nonce: String?
    package let resources: [ResourceIndicator]
    package let codeChallenge: CodeChallenge?
    package let prompt: Set<Prompt>
    /// In seconds.
    package let maxAge: Int64?
    package let loginHint: String?
    /// At which upstream the user shall sign in: a name, as far as it is one.
    package let upstreamHint: String?
    package let uiLocales: [String]
    /// The languages that claims are wanted in (OpenID Connect Core §5.2).
    package let claimsLocales: [String]
    /// The authentication context classes that are wanted, however the request says so.
    package let acrValues: String?
    /// What is asked for claim by claim.
    package let claims: ClaimsRequest
    /// Whom the client takes to be signed in.
    package let hint: IDTokenHint?

    fileprivate init(
        _ request: AuthorizationRequest, for client: Client, to target: RedirectTarget, hints: HintVerifier
    ) throws(OAuthError) {
        let parameters = request.parameters
        self.request = request
        self.client = client
        self.target = target
        try parameters.requireSingle(but: "resource")
        if target.state == nil, let state = try parameters.value(.state) {
            guard target.mode != .formPost || state.survivesForms else {
                throw .invalidRequest(
                    "state has a character that no form can bring back as it was; send printable ASCII",
                    detail: .parameter("state", .malformed))
            }
            throw .invalidRequest("redirect_uri and state are too long together", detail: .parameter("state", .tooLong))
        }
        guard client.metadata.grantTypes.contains(.authorizationCode) else {
            throw .unauthorizedClient(
                "this client is not registered for the grant authorization_code", detail: .grantType)
        }
        // RFC 9101 §10.5
        guard request.isSigned || !client.metadata.requireSignedRequestObject else {
            throw .invalidRequest(
                "this client must send its request as a signed request object (RFC 9101)",
                detail: .parameter("request", .absent))
        }
        // OpenID Connect Core §3.1.2.6: what isn't supported is said, not passed over, where it would change the answer.
        guard try parameters.value("registration") == nil else {
            throw .registrationNotSupported(
                "the registration parameter is not supported", detail: .parameter("registration", .unsupported))
        }
        guard let responseType = try parameters.value(.responseType) else {
            throw .invalidRequest(
                "response_type is missing; it must be code", detail: .parameter("response_type", .absent))
        }
        guard responseType == "code" else {
            throw .unsupportedResponseType(
                "response_type must be code", detail: .parameter("response_type", .unsupported))
        }
        if let text = try parameters.value(.responseMode) {
            guard let mode = ResponseMode(rawValue: text) else {
                throw .invalidRequest(
                    "response_mode must be query or form_post", detail: .parameter("response_mode", .unsupported))
            }
            guard mode.reaches(target.uri) else {
                throw .invalidRequest(
                    "response_mode form_post needs an http or https redirect_uri, as no form reaches an app by its scheme",
                    detail: .parameter("response_mode", .unsupported))
            }
        }
        scope = try parameters.scope(for: client)
        nonce = try parameters.value(.nonce)
        resources = try parameters.resources(for: client)
        codeChallenge = try Self.challenge(parameters)
        guard codeChallenge != nil || !client.requiresPKCE else {
            throw .invalidRequest(
                "code_challenge is missing; this client must use PKCE (RFC 7636)", detail: .pkce(.challenge, .absent))
        }
        prompt = try parameters.value(.prompt).map { text throws(OAuthError) in try Prompt.set(text) } ?? []
        maxAge = try Self.maxAge(parameters) ?? client.metadata.defaultMaxAge
        loginHint = try parameters.value(.loginHint)
        let upstreamHint = try parameters.value(.upstreamHint)
        self.upstreamHint = if let upstreamHint { upstreamHint } else { try parameters.value(.keycloakUpstreamHint) }
        uiLocales = try parameters.value(.uiLocales) == nil ? [] : AuthorizationRequest.uiLocales(in: parameters)
        claimsLocales = (try parameters.value(.claimsLocales) ?? "").split(separator: " ").map(String.init)
        claims = try parameters.value(.claims).map { text throws(OAuthError) in try ClaimsRequest(text) } ?? .none
        acrValues = try parameters.value(.acrValues) ?? claims.acrValues(orElse: client.metadata.defaultACRs)
        hint = try parameters.value(.idTokenHint).map { text throws(OAuthError) in try hints.hint(text) }
    }

    private static func challenge(_ parameters: Parameters) throws(OAuthError) -> CodeChallenge? {
        let method = try parameters.value(.codeChallengeMethod)
        guard let value = try parameters.value(.codeChallenge) else {
            guard method == nil else {
                throw .invalidRequest(
                    "code_challenge_method came without code_challenge", detail: .pkce(.challenge, .absent))
            }
            return nil
        }
        return try CodeChallenge(value, method: method)
    }

    private static func maxAge(_ parameters: Parameters) throws(OAuthError) -> Int64? {
        guard let text = try parameters.value(.maxAge) else { return nil }
        guard text.utf8.allSatisfy(\.isASCIIDigit) else {
            throw .invalidRequest(
                "max_age must be a whole number of seconds, 0 or more", detail: .parameter("max_age", .malformed))
        }
        guard let seconds = Int64(text), seconds <= MaxAge.longest else {
            throw .invalidRequest(
                "max_age has more than ten digits; leave it out where any age will do",
                detail: .parameter("max_age", .tooLong))
        }
        return seconds
    }
}

extension Parameters {
    /// What an authorization request asks for. Throws `invalid_scope`, or `invalid_request`.
    fileprivate func scope(for client: Client) throws(OAuthError) -> Scope {
        try value(.scope).map { text throws(OAuthError) in try Scope(text) } ?? client.metadata.defaultScope ?? .none
    }
}

extension AuthorizationFailure {
    /// What a silent request is told where its user would have to sign in (OpenID Connect Core §3.1.2.1, `prompt=none`).
    package static func wouldNeedSignIn(_ target: RedirectTarget) -> Self {
        .redirect(
            .loginRequired("the user must sign in, and prompt=none forbids to ask", detail: .silentRequest), target)
    }
}
