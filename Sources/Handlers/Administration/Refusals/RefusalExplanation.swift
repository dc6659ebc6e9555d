import JOSE
import OIDCLogic

/// A refusal in words for an administrator: what came, what was expected, where the two differ, and what to do.
package struct RefusalExplanation: Sendable {
    package let record: RefusalRecord
    /// The one that the request named, as it is registered now.
    package let client: Client?
    package internal(set) var expected: [String] = []
    package internal(set) var differences: [String] = []
    package internal(set) var advice: [String] = []

    private let clientIDs: [String]

    /// - Parameter clientIDs: all that are registered now, to find the nearest.
    init(_ record: RefusalRecord, client: Client?, clientIDs: [String]) {
        self.record = record
        self.client = client
        self.clientIDs = clientIDs
        switch record.detail {
        case nil: explainByText()
        case .namedParameter(let name, let fault): explain(parameter: name, fault)
        case .unknownClient: explainUnknownClient()
        case .unregisteredRedirectURI: explainRedirectURI()
        case .redirectURIOfCode(let uri): explainRedirectURI(ofCode: uri)
        case .clientAuthentication(let fault, _): explain(authentication: fault)
        case .pkce(let part, let fault): explain(pkce: part, fault)
        case .credential(let kind, let ending): explain(kind, ending)
        case .scope(let fault): explain(scope: fault)
        case .grantType: explainGrantType()
        case .resource: explainResource()
        case .policy(let rule):
            differences = ["the rule \"\(rule)\" refuses the user this app"]
            advice = ["replay the decision: postern explain USER \(shellClient)"]
        case .silentRequest:
            expected = ["a user who is signed in, and has consented, since prompt=none forbids to ask"]
            advice = ["let the app ask again without prompt=none; this refusal is what prompt=none is for"]
        case .throttled:
            differences = ["too many failures or requests before this one"]
            advice = ["wait; if nobody was guessing, correct whatever goes on sending wrong secrets or passwords"]
        case .redirectLoop:
            expected = ["an app that keeps what it was answered, and asks once"]
            differences = [
                "the app sent the browser here more than \(RedirectLoop.limit) times in \(RedirectLoop.window) seconds"
            ]
            advice = [
                "look why the app has no session of its own after the answer: its log at that time, its cookies "
                    + "(Secure, SameSite, Domain), its clock, and whether it can reach the token endpoint"
            ]
        case .signIn(let fault): explain(signIn: fault)
        case .ciToken(let rule, let fault): explain(ciToken: fault, rule)
        case .requestObject(let fault): explain(requestObject: fault)
        case .upstream(let name, let cause):
            expected = ["a sign-in at the upstream \(name), and a user of ours who follows from it"]
            differences = ["the upstream \(cause)"]
            advice = ["look at the upstream's own log of that time, and at its entry in upstreams"]
        case .awaitedApproval:
            differences =
                client?.approval == .given
                ? ["none now: the app has been approved since"] : ["nobody has approved the app"]
            advice = [
                "look at it: postern client show \(shellClient)",
                "then approve what you have seen: postern client approve \(shellClient)"
                    + (client.map { " --if-version \($0.version)" } ?? ""),
            ]
        case .clientMetadata(let member):
            differences = ["\(member) was refused"]
            advice = ["the answer named the value, and what would be right: look at it where the app registers"]
        }
    }

    /// What came, of all that is written down.
    package var came: [(name: String, value: String)] {
        let request = record.request
        var came: [(String, String)] = []
        func add(_ name: String, _ value: String?) { if let value { came.append((name, value)) } }
        add("client_id", request.clientID?.value)
        add("redirect_uri", request.redirectURI?.value)
        add("scope", request.scope)
        add("grant_type", request.grantType?.rawValue)
        add("authenticated by", request.authenticationMethod)
        if let state = stateOfSecret { came.append(state) }
        if case .requestObject(.elsewhere(let uri)) = record.detail { add("request_uri", uri.value) }
        var names = request.parameters.joined(separator: ", ")
        if request.unknownParameters > 0 {
            names += "\(names.isEmpty ? "" : ", and ")\(request.unknownParameters) unknown"
        }
        add("parameters", names.isEmpty ? nil : names)
        return came
    }

    /// All that is ever said of a secret.
    private var stateOfSecret: (String, String)? {
        switch record.detail {
        case .clientAuthentication(let fault, _) where fault != .otherMethod:
            (
                record.request.authenticationMethod == "client_assertion" ? "client_assertion" : "client's secret",
                fault.words
            )
        case .pkce(let part, let fault): (part.rawValue, fault.words)
        case .credential(let kind, let ending): (kind.words, ending.words)
        default: nil
        }
    }

    private mutating func explainByText() {
        switch record.error {
        case OAuthError.Code.serverError.rawValue, OAuthError.Code.temporarilyUnavailable.rawValue:
            advice = ["the cause is in the log: search it for \(record.id)"]
        default: advice = ["the log may say more: search it for \(record.id)"]
        }
    }

    private mutating func explain(parameter name: String?, _ fault: RefusalDetail.ParameterFault) {
        guard let name else {
            differences = ["a parameter that is unknown here was \(fault.words)"]
            return
        }
        differences = ["\(name) was \(fault.words)"]
        guard fault == .absent else { return }
        let near = record.request.parameters.first { came in
            came != name && Nearest.name(to: came, among: [name]) != nil
                && !record.request.parameters.contains(name) && RefusedRequest.isMisspelled(came)
        }
        if let near { differences.append("\"\(near)\" came, which may be meant for it") }
    }

    private mutating func explainUnknownClient() {
        expected = ["the id of a registered client"]
        guard client == nil else {
            differences = ["none now: the client has been registered since"]
            return
        }
        let came = record.request.clientID?.value ?? ""
        if let nearest = Nearest.name(to: came, among: clientIDs) {
            differences = ["the nearest id that is registered now: \(nearest)"]
            advice.append("if \(nearest) is meant, correct client_id in the app")
        } else {
            differences = ["no id that is registered now is near to it"]
        }
        advice += ["see all ids: postern client list", "register the app: postern client add"]
    }

    private mutating func explainRedirectURI() {
        guard let client, let came = record.request.redirectURI else { return explainByText() }
        let registered = client.metadata.redirectURIs.map(\.value)
        expected = registered.map { "\($0)  (registered now)" }
        let command = "postern client set \(ShellWord.quoted(client.id.value)) --add-redirect-uri "
        // The exact text is not written down where something was left out.
        let isWhole =
            (try? RedirectURI(registering: came.value, for: client.metadata.applicationType)) != nil
            && RedactedURI(redacting: came.value) == came && !came.value.contains("...")
        let addition = command + (isWhole ? ShellWord.quoted(came.value) : "URI")
        let nearest =
            registered.first { RedactedURI(redacting: $0) == came }
            ?? Nearest.name(to: came.value, among: registered)
        guard let nearest else {
            differences = registered.isEmpty ? ["none is registered"] : ["none that is registered now is near to it"]
            advice = ["if that address is the app's: \(addition)"]
            return
        }
        let difference = RedirectURIDifference(came, from: nearest)
        guard !difference.isNone else {
            differences = difference.descriptions
            return
        }
        differences = difference.descriptions.map { registered.count > 1 ? "\($0)  (from \(nearest))" : $0 }
        advice = ["let the app send \(nearest)", "or, if what came is the app's as well: \(addition)"]
        if difference.isOfPortAlone, nearest.hasPrefix("http://"), client.metadata.applicationType == .web {
            advice.append("an app on people's own machines may use any port: register it with application_type native")
        }
    }

    private mutating func explainRedirectURI(ofCode expectedURI: RedactedURI) {
        expected = ["\(expectedURI.value)  (of the authorization request)"]
        if let came = record.request.redirectURI {
            differences = RedirectURIDifference(came, from: expectedURI.value).descriptions
        } else {
            differences = ["redirect_uri was absent"]
        }
        advice = ["let the app send the same redirect_uri to the token endpoint as to the authorization endpoint"]
    }

    private mutating func explain(authentication fault: RefusalDetail.CredentialFault) {
        let used = record.request.authenticationMethod
        guard let client else {
            differences = ["the client's authentication was \(fault.words)"]
            return
        }
        let id = ShellWord.quoted(client.id.value)
        let method = client.metadata.tokenEndpointAuthMethod?.rawValue
        expected = ["\(method ?? "client_secret_basic or client_secret_post")  (registered now)"]
        switch fault {
        case .mismatch where used == "client_assertion": explainAssertion(of: id)
        case .malformed where used == "client_assertion":
            differences = [record.text]
            advice = [
                "let the app send a signed JWT in compact form, of at most 8 KiB, whose iss and sub are its client_id"
            ]
        case .absent where method == "private_key_jwt" || method == "client_secret_jwt":
            differences = ["no client_assertion came"]
            advice = ["let the app send a client_assertion, as \(method ?? "") has it"]
        case .mismatch:
            differences = ["the secret did not match the one that is kept"]
            advice = [
                "compare the secret in the app: white space at its ends, or another app's",
                "or make a new one: postern client set \(id) --new-secret",
            ]
        case .otherMethod:
            differences = ["\(used ?? "none") came, \(method ?? "either") is registered now"]
            advice = ["let the app use \(method ?? "either")"]
            if let used, TokenEndpointAuthMethod(rawValue: used) != nil {
                let metadata = #"{"token_endpoint_auth_method": "\#(used)"}"#
                advice.append("or register what it uses: echo '\(metadata)' | postern client set \(id) --from -")
            }
        case .absent:
            differences = ["no secret came"]
            advice = [
                "let the app send its secret, by \(method ?? "the Authorization header")",
                "or, if it can't keep one: echo '{\"token_endpoint_auth_method\": \"none\"}' | postern client set \(id) "
                    + "--from -",
            ]
        case .unexpected where client.metadata.isPublic:
            differences = ["a secret came, and the client has none"]
            advice = ["let the app send client_id alone"]
        case .unexpected:
            differences = ["the client authenticated in two ways at once"]
            advice = ["let the app send its secret once"]
        case .malformed:
            differences = ["the Authorization header could not be read"]
            advice = ["let the app send Basic, with base64 of client id, colon and secret"]
        }
    }

    /// One that could be read, and wasn't believed.
    private mutating func explainAssertion(of id: String) {
        let isSigned = !record.text.hasSameBytes(as: "\(OAuthError.failedAuthenticationText)")
        guard isSigned else {
            differences = ["the client's assertion is not signed by a key and alg that it may use"]
            advice = [
                "compare its keys, and alg, with what is registered: postern client show \(id)",
                "the log says which check failed: search it for \(record.id)",
            ]
            return
        }
        differences = [record.text]
        advice = [
            "let the app make an assertion for each request: aud is the issuer alone, exp a minute ahead, jti never used "
                + "before"
        ]
    }

    private mutating func explain(pkce part: RefusalDetail.PKCEPart, _ fault: RefusalDetail.CredentialFault) {
        differences = ["\(part.rawValue) \(fault.clause)"]
        switch (part, fault) {
        case (.method, _): expected = ["code_challenge_method S256, the one that is taken (RFC 7636)"]
        case (.challenge, .absent):
            expected = ["code_challenge with code_challenge_method S256 in the authorization request (RFC 7636)"]
            advice = ["switch PKCE on in the app's OpenID Connect settings"]
        case (.challenge, _): expected = ["code_challenge: base64url of the SHA-256 of code_verifier, 43 characters"]
        case (.verifier, .mismatch):
            expected = ["the code_verifier whose SHA-256 was code_challenge"]
            advice = ["let the app keep one verifier a sign-in: another tab may have overwritten it"]
        case (.verifier, _):
            expected = ["code_verifier, 43 to 128 characters, for a code that was asked for with code_challenge"]
        }
    }

    private mutating func explain(_ kind: RefusalDetail.CredentialKind, _ ending: RefusalDetail.Ending) {
        let name = kind.words
        differences = ["the \(name) \(ending.clause)"]
        if kind == .initialAccessToken {
            advice = ["make another: postern token issue", "see what became of each: postern token list"]
            return
        }
        switch ending {
        case .expired:
            advice = ["let the user sign in again"]
            if kind == .code { advice = ["a code lives for a minute: is the app slow, or a clock wrong?"] }
        case .usedBefore:
            expected = ["each \(name) once"]
            advice = [
                "find who sends it twice: a reload of the callback page, a retry, two servers of one app, or a thief"
            ]
        case .ofAnotherClient(let owner):
            expected = ["the client that it was issued to: \(owner)"]
            advice = ["is the client id of another app in this one's settings?"]
        case .foreign:
            advice = ["is it of another provider, such as a test installation, or were the key files changed?"]
        case .malformed: advice = ["was it cut, or encoded twice, on its way?"]
        case .absent: advice = ["let the app send it: Authorization: Bearer, and the \(name)"]
        case .otherAudience: advice = ["an access token is good for whom its aud names"]
        case .scopeWithdrawn: advice = ["compare the app's scope: postern client show \(shellClient)"]
        case .revoked, .sessionOver, .userEnded, .clientRemoved, .clientChanged, .consentWithdrawn:
            advice = ["let the user sign in again, if they still may"]
        }
    }

    private mutating func explain(ciToken fault: CITokenFault, _ rule: CIRuleName) {
        switch fault {
        case .claims(let mismatches):
            expected = mismatches.map { "\($0.claim) \($0.expected)  (of the rule \(rule))" }
            differences = mismatches.map { "\($0.claim) \($0.came.map { "came as \($0)" } ?? "was absent")" }
            advice = [
                "let the job's token say so, or, if the job may register apps, change registration.ci in postern.yaml"
            ]
            if mismatches.contains(where: { $0.isOfAnotherType }) {
                advice.append(
                    "text and number are not the same: write a value in quotes in postern.yaml where it is text")
            }
        case .algorithm:
            differences = ["the token is signed by an alg that the rule \(rule) does not take"]
            advice = ["compare alg with algorithms of the rule in postern.yaml"]
        case .signature:
            differences = ["no key that is published for the rule \(rule) verifies the token"]
            advice = ["is the token of another installation of that name? Compare its kid with the set at jwks_uri"]
        case .usedBefore:
            expected = ["each token once"]
            differences = ["a token with the same jti has registered an app"]
            advice = ["let the job ask for a token for each app"]
        case .timeless, .expired, .notYetValid, .livesTooLong, .hasNoID, .hasNoSubject:
            differences = ["\(record.text)  (rule \(rule))"]
            advice = ["a token lives for an hour at most, and is good from its making on: look at the clocks of both"]
        }
    }

    private mutating func explain(scope fault: RefusalDetail.ScopeFault) {
        switch fault {
        case .malformed:
            expected = ["names apart by single spaces, without quotes and backslashes (RFC 6749 section 3.3)"]
        case .moreThanGranted:
            expected = ["what the sign-in was granted, or less"]
        case .tooLittle:
            expected = ["a token with the scope openid"]
            advice = ["let the app ask for openid at sign-in"]
        case .nothingAllowed:
            guard let client else { return }
            let allowed = client.metadata.scope
            expected = ["of \(allowed.isEmpty ? "nothing" : allowed.description)  (registered now)"]
            guard let requested = record.request.scope.flatMap({ try? Scope($0) }) else {
                differences = ["no scope was asked for"]
                advice = ["let the app ask for scope openid"]
                return
            }
            let leftOut = requested.subtracting(allowed.names)
            differences = leftOut.names.prefix(20).map { name in
                "\(name) is not allowed now.\(Nearest.question(name, among: allowed.names))"
            }
            // Only a client that asks for itself is told so there (RFC 6749 §4.4).
            if leftOut.isEmpty, record.endpoint == HandlerName.token.rawValue {
                differences = ["the client may ask for it, but it is neither a scope nor a role that there is for it"]
                advice = ["see which are missing: postern client show \(shellClient)"]
                return
            }
            if leftOut.isEmpty {
                differences = ["the client may ask for it, but the user isn't granted it"]
                advice = ["see what decides: postern explain USER \(shellClient)"]
                return
            }
            advice = ["let the app ask for what it may"]
            // What was too long to be kept whole is in no command.
            guard leftOut.names.allSatisfy({ !$0.hasSuffix("...") }) else { return }
            let all = allowed.union(leftOut).description
            advice.append(
                "or allow it: postern client set \(ShellWord.quoted(client.id.value)) --scope \(ShellWord.quoted(all))")
        }
    }

    private mutating func explainGrantType() {
        guard let client else { return }
        let grants = GrantType.allCases.filter(client.metadata.grantTypes.contains).map(\.rawValue)
        expected = ["\(grants.joined(separator: ", "))  (registered now)"]
        guard let came = record.request.grantType else { return }
        if grants.contains(came.rawValue) { return differences = ["none now: it has been registered since"] }
        differences = ["\(came.rawValue) is not registered for the client"]
        let list = (grants + [came.rawValue]).map { "\"\($0)\"" }.joined(separator: ", ")
        advice = [
            "if the app may have it: echo '{\"grant_types\": [\(list)]}' | postern client set \(shellClient) --from -"
        ]
    }

    private mutating func explainResource() {
        guard let client else { return }
        let resources = client.metadata.resources.map(\.value)
        expected =
            resources.isEmpty ? ["no resource: none is registered now"] : resources.map { "\($0)  (registered now)" }
        advice = ["register what the app may ask for in its member \"resources\""]
    }

    private mutating func explain(signIn fault: RefusalDetail.SignInFault) {
        switch fault {
        case .wrongCredentials:
            differences = ["unknown user, wrong password, or a user who is disabled"]
            advice = [
                "look at the user: postern user show NAME", "set another password: postern user set-password NAME",
            ]
        case .stale: differences = ["the page was too old, or the session had ended; a new one was shown"]
        case .throttled: differences = ["too many failed sign-ins of this account or address before"]
        case .busy: differences = ["too many passwords were being checked at once"]
        case .wrongUser: differences = ["someone else signed in than the app asked for by id_token_hint"]
        }
    }

    var shellClient: String { ShellWord.quoted(client?.id.value ?? "CLIENT-ID") }
}

extension RefusalExplanation {
    package var json: JSON {
        var members: [String: JSON] = [
            "id": .string(record.id.value), "time": .integer(record.at.seconds), "endpoint": .string(record.endpoint),
            "error": .string(record.error), "text": .string(record.text), "request": record.request.json,
            "expected": .array(expected.map(JSON.string)), "difference": .array(differences.map(JSON.string)),
            "advice": .array(advice.map(JSON.string)),
        ]
        members["detail"] = record.detail?.json
        members["client_name"] = (client?.metadata.name).map(JSON.string)
        return .object(members)
    }
}
