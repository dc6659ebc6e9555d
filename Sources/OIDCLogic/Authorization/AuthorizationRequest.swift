/// An authorization request as it came (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1): nothing of it is trusted yet.
package struct AuthorizationRequest: Sendable {
    package let clientID: ClientID
    let parameters: Parameters

    /// Throws what its page says if the request doesn't tell who asks.
    package init(_ parameters: Parameters) throws(AuthorizationFailure) {
        do throws(OAuthError) {
            guard let id = try parameters.value(.clientID) else {
                throw .invalidRequest("client_id is missing", detail: .parameter("client_id", .absent))
            }
            clientID = ClientID(id)
        } catch {
            throw .page(.badRequest, error)
        }
        self.parameters = parameters
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
        for client: Client?, hints: HintVerifier
    ) throws(AuthorizationFailure) -> ValidatedAuthorizationRequest {
        guard let client, client.id == clientID else {
            throw .page(
                .unknownClient,
                .invalidRequest(
                    "no client with this client_id", cause: "unknown client: \(clientID)", detail: .unknownClient))
        }
        let target = try RedirectTarget(parameters, for: client)
        do throws(OAuthError) {
            return try ValidatedAuthorizationRequest(parameters, for: client, to: target, hints: hints)
        } catch {
            throw .redirect(error, target)
        }
    }
}

/// Where an answer may be sent. Only this file can make one, after the match.
package struct RedirectTarget: Sendable {
    package let uri: String
    package let state: String?
    package let mode: ResponseMode

    /// In bytes: the URI, and the state as it goes into a query. What an answer adds to them still fits into a header.
    private static let limit = 3200

    /// RFC 6749 §3.1.2.4 and §4.1.2.1: until the URI is known to be the client's, an error is a page.
    fileprivate init(_ parameters: Parameters, for client: Client) throws(AuthorizationFailure) {
        let requested: String?
        do throws(OAuthError) { requested = try parameters.value("redirect_uri") } catch {
            throw .page(.badRequest, error)
        }
        guard let requested else {
            throw .page(
                .badRequest,
                .invalidRequest("redirect_uri is missing", detail: .parameter("redirect_uri", .absent)))
        }
        let type = client.metadata.applicationType
        guard client.metadata.redirectURIs.contains(where: { $0.accepts(requested, from: type) }) else {
            let cause = "redirect_uri \(RedactedURI(redacting: requested).value) is not registered for \(client.id)"
            throw .page(
                .redirectMismatch,
                .invalidRequest(
                    "redirect_uri is none of those registered for this client", cause: cause,
                    detail: .unregisteredRedirectURI))
        }
        uri = requested
        // One that isn't known is told of in the query, as every client can read that.
        mode = (try? parameters.value(.responseMode)).flatMap(ResponseMode.init(rawValue:)) ?? .query
        // A state that can't be told apart (sent twice), is too long or would not arrive as it is, is left out of the
        // answer about that.
        let state = (try? parameters.value(.state)).flatMap { [mode] in
            mode == .formPost && !$0.survivesForms ? nil : $0
        }
        let room = Self.limit - requested.utf8.count
        self.state = state.flatMap { FormEncoding.encodedCount($0) <= room ? $0 : nil }
    }
}

/// Why an authorization request is refused, and who is told.
package enum AuthorizationFailure: Error, Sendable {
    /// RFC 6749 §4.1.2.1: the user, since the redirect URI may be a thief's.
    case page(PageKind, OAuthError)
    case redirect(OAuthError, RedirectTarget)

    /// What the page explains.
    package enum PageKind: Sendable {
        case badRequest, unknownClient, redirectMismatch
    }
}

/// An authorization request whose every parameter is understood, of a client that may send it.
package struct ValidatedAuthorizationRequest: Sendable {
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
    package let uiLocales: [String]
    package let acrValues: String?
    /// What is asked for claim by claim.
    package let claims: ClaimsRequest
    /// Whom the client takes to be signed in.
    package let hint: IDTokenHint?

    fileprivate init(
        _ parameters: Parameters, for client: Client, to target: RedirectTarget, hints: HintVerifier
    ) throws(OAuthError) {
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
        try Self.refuseUnsupported(parameters)
        guard let responseType = try parameters.value(.responseType) else {
            throw .invalidRequest(
                "response_type is missing; it must be code", detail: .parameter("response_type", .absent))
        }
        guard responseType == "code" else {
            throw .unsupportedResponseType(
                "response_type must be code", detail: .parameter("response_type", .unsupported))
        }
        guard try parameters.value(.responseMode).map({ ResponseMode(rawValue: $0) != nil }) ?? true else {
            throw .invalidRequest(
                "response_mode must be query or form_post", detail: .parameter("response_mode", .unsupported))
        }
        scope =
            try parameters.value(.scope).map { text throws(OAuthError) in try Scope(text) }
            ?? client.metadata.defaultScope ?? .none
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
        uiLocales = try parameters.value(.uiLocales) == nil ? [] : AuthorizationRequest.uiLocales(in: parameters)
        acrValues = try parameters.value(.acrValues)
        claims = try parameters.value(.claims).map { text throws(OAuthError) in try ClaimsRequest(text) } ?? .none
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
        guard text.utf8.count <= 10, text.utf8.allSatisfy(\.isASCIIDigit), let seconds = Int64(text) else {
            throw .invalidRequest(
                "max_age must be a whole number of seconds, 0 or more", detail: .parameter("max_age", .malformed))
        }
        return seconds
    }

    /// OpenID Connect Core §3.1.2.6: what isn't supported is said, never passed over, where it would change the answer.
    private static func refuseUnsupported(_ parameters: Parameters) throws(OAuthError) {
        if try parameters.value("request") != nil {
            throw .requestNotSupported(
                "request objects are not supported", detail: .parameter("request", .unsupported))
        }
        if try parameters.value("request_uri") != nil {
            throw .requestURINotSupported(
                "request_uri is not supported", detail: .parameter("request_uri", .unsupported))
        }
        if try parameters.value("registration") != nil {
            throw .registrationNotSupported(
                "the registration parameter is not supported", detail: .parameter("registration", .unsupported))
        }
    }
}
