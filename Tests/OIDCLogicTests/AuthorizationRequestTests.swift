import Testing

@testable import OIDCLogic

/// RFC 6749 §4.1.1 and §4.1.2.1, OpenID Connect Core §3.1.2.1, §3.1.2.2 and §3.1.2.6.
struct AuthorizationRequestTests {
    @Test func `a good request is understood`() throws {
        let request = try ValidatedAuthorizationRequest.fixture([
            "prompt": "login consent", "max_age": "60", "login_hint": "ann", "ui_locales": "nl en", "display": "page",
            "response_mode": "query", "unknown": "ignored",
        ])
        #expect(request.client.id == ClientID("app"))
        #expect(request.target.uri == Client.redirectURI)
        #expect(request.target.state == "the state")
        #expect(request.scope.names == ["openid", "profile", "email"])
        #expect(request.nonce == "the nonce")
        #expect(request.codeChallenge?.value == RFC7636.challenge)
        #expect(request.prompt == [.login, .consent])
        #expect(request.maxAge == 60)
        #expect(request.loginHint == "ann")
        #expect(request.uiLocales == ["nl", "en"])
    }

    // Who asks isn't known: the user is told, nobody else.
    @Test(
        arguments: [["client_id": nil], ["client_id": ""], ["client_id": String(repeating: "a", count: 256)]]
            as [Change])
    func `without a client there is a page`(change: Change) {
        #expect(page { try AuthorizationRequest.fixture(change) } == .badRequest)
    }

    @Test func `a client_id sent twice is a page`() {
        #expect(
            page { try AuthorizationRequest(Parameters(AuthorizationRequest.good, repeating: "client_id", as: "app")) }
                == .badRequest)
    }

    @Test func `an unknown client is a page`() throws {
        let request = try AuthorizationRequest.fixture()
        #expect(page { try request.validated(for: nil, hints: .fixture(), objects: .fixture()) } == .unknownClient)
        #expect(
            page { try request.validated(for: try .fixture("another"), hints: .fixture(), objects: .fixture()) }
                == .unknownClient)
    }

    // RFC 6749 §4.1.2.1: "the authorization server SHOULD inform the resource owner of the error and MUST NOT
    // automatically redirect the user-agent to the invalid redirection URI."
    @Test(
        arguments: [
            (["redirect_uri": nil], .badRequest),
            (["redirect_uri": ""], .badRequest),
            (["redirect_uri": "https://evil.example/"], .redirectMismatch),
            (["redirect_uri": Client.redirectURI + "/"], .redirectMismatch),
            (["redirect_uri": "https://app.example/Callback"], .redirectMismatch),
            (["redirect_uri": "https://app.example:8443/callback"], .redirectMismatch),
            (["redirect_uri": Client.redirectURI + "?a=b"], .redirectMismatch),
            // Whatever else is wrong: a bad redirect URI comes first.
            (["redirect_uri": "https://evil.example/", "response_type": "token"], .redirectMismatch),
        ] as [(Change, AuthorizationFailure.PageKind)])
    func `a redirect URI that isn't the client's is a page`(change: Change, kind: AuthorizationFailure.PageKind) {
        #expect(page { try ValidatedAuthorizationRequest.fixture(change) } == kind)
    }

    @Test func `a redirect URI sent twice is a page`() throws {
        let parameters = Parameters(AuthorizationRequest.good, repeating: "redirect_uri", as: Client.redirectURI)
        #expect(
            page {
                try AuthorizationRequest(parameters).validated(
                    for: try .fixture(), hints: .fixture(), objects: .fixture())
            }
                == .badRequest)
    }

    @Test(
        arguments: [
            (["response_type": nil], .invalidRequest),
            (["response_type": "token"], .unsupportedResponseType),
            (["response_type": String(repeating: "a", count: 129)], .invalidRequest),
            (["prompt": "login" + String(repeating: " login", count: 30)], .invalidRequest),
            (["id_token_hint": "e30.e30.e30"], .invalidRequest),
            (["id_token_hint": String(repeating: "a", count: 12_289)], .invalidRequest),
            (["response_type": "code id_token"], .unsupportedResponseType),
            (["response_type": "CODE"], .unsupportedResponseType),
            (["response_type": "none"], .unsupportedResponseType),
            (["response_mode": "fragment"], .invalidRequest),
            (["scope": "openid \"quoted\""], .invalidScope),
            (["scope": "openid " + String(repeating: "a", count: 4096)], .invalidRequest),
            (["nonce": String(repeating: "a", count: 513)], .invalidRequest),
            (["code_challenge_method": nil], .invalidRequest),
            (["code_challenge_method": "plain"], .invalidRequest),
            (["code_challenge": nil], .invalidRequest),
            (["code_challenge": "short"], .invalidRequest),
            (["prompt": "none login"], .invalidRequest),
            (["prompt": "create"], .invalidRequest),
            (["prompt": "LOGIN"], .invalidRequest),
            (["max_age": "-1"], .invalidRequest),
            (["max_age": "1.5"], .invalidRequest),
            (["max_age": "+1"], .invalidRequest),
            (["max_age": "99999999999"], .invalidRequest),
            (["max_age": "١"], .invalidRequest),
            // §3.1.2.6, §6
            (["request": "e30.e30."], .requestNotSupported),
            (["request_uri": "https://app.example/request"], .requestURINotSupported),
            (["registration": "{}"], .registrationNotSupported),
        ] as [(Change, OAuthError.Code)])
    func `a faulty request is told to the client, with its state`(change: Change, code: OAuthError.Code) throws {
        let (error, target) = try redirect { try ValidatedAuthorizationRequest.fixture(change) }
        #expect(error.code == code)
        #expect(target.uri == Client.redirectURI)
        #expect(target.state == "the state")
    }

    // RFC 6749 §4.1.2: "The exact value received from the client."
    @Test(arguments: ["a\r\nb", "\n", "\u{7}", "\u{7F}", "\u{85}", "a\u{202E}b", "\u{2069}"])
    func `a state that a form would change is refused where the answer travels by one`(state: String) throws {
        let (error, target) = try redirect {
            try ValidatedAuthorizationRequest.fixture(["state": state, "response_mode": "form_post"])
        }
        #expect(error.code == .invalidRequest)
        #expect("\(error.text)".hasPrefix("state "))
        #expect(target.state == nil && target.mode == .formPost)
        #expect(try ValidatedAuthorizationRequest.fixture(["state": state]).target.state == state)
    }

    // RFC 8252 §7.1
    @Test func `no form travels to a private-use scheme`() throws {
        let own = "com.example.app:/cb"
        let loopback = "http://127.0.0.1/cb"
        let client = try Client.fixture(metadata: [
            "application_type": "native", "redirect_uris": [.string(own), .string(loopback)],
        ])
        let (error, target) = try redirect {
            try ValidatedAuthorizationRequest.fixture(["redirect_uri": own, "response_mode": "form_post"], of: client)
        }
        #expect(error.code == .invalidRequest && "\(error.text)".hasPrefix("response_mode "))
        #expect(target.mode == .query && target.state == "the state")
        func mode(_ uri: String, _ mode: String?) throws -> ResponseMode {
            try ValidatedAuthorizationRequest.fixture(["redirect_uri": uri, "response_mode": mode], of: client).target
                .mode
        }
        #expect(try mode(own, nil) == .query && mode(own, "query") == .query)
        #expect(try mode("http://127.0.0.1:4711/cb", "form_post") == .formPost)
    }

    @Test func `any other state travels by a form`() throws {
        let state = "a\tb \"<'&` \u{E9}e\u{301}\u{200F}\u{2028}"
        let request = try ValidatedAuthorizationRequest.fixture(["state": state, "response_mode": "form_post"])
        #expect(request.target.state?.utf8.elementsEqual(state.utf8) ?? false)
    }

    @Test(arguments: ["scope", "nonce", "response_type", "code_challenge", "prompt", "nobody-knows-it"])
    func `a parameter sent twice is invalid_request`(name: String) throws {
        var good = AuthorizationRequest.good
        good[name] = good[name] ?? "login"
        let parameters = Parameters(good, repeating: name, as: "code")
        let (error, target) = try redirect {
            try AuthorizationRequest(parameters).validated(for: try .fixture(), hints: .fixture(), objects: .fixture())
        }
        #expect(error.code == .invalidRequest)
        #expect(target.state == "the state")
    }

    // Which of two states is the right one isn't known, so neither is sent.
    @Test func `a state sent twice is left out of the answer`() throws {
        let parameters = Parameters(AuthorizationRequest.good, repeating: "state", as: "other")
        let (error, target) = try redirect {
            try AuthorizationRequest(parameters).validated(for: try .fixture(), hints: .fixture(), objects: .fixture())
        }
        #expect(error.code == .invalidRequest)
        #expect(target.state == nil)
    }

    @Test func `a state has at most 1024 bytes`() throws {
        let longest = String(repeating: "a", count: 1024)
        #expect(try ValidatedAuthorizationRequest.fixture(["state": longest]).target.state == longest)
        let (error, target) = try redirect { try ValidatedAuthorizationRequest.fixture(["state": longest + "a"]) }
        #expect(error.code == .invalidRequest)
        #expect(target.state == nil)
    }

    // What an answer carries must fit into nginx's 4096 bytes of headers, or the user who has signed in sees an error.
    @Test func `state and redirect URI are bounded as they are sent`() throws {
        let state = String(repeating: "{", count: 1024)
        #expect(try ValidatedAuthorizationRequest.fixture(["state": state]).target.state == state)
        let uri = "https://app.example/" + String(repeating: "a", count: 1000)
        let client = try Client.fixture(metadata: ["redirect_uris": [.string(uri)]])
        let plain = String(repeating: "s", count: 1024)
        #expect(
            try ValidatedAuthorizationRequest.fixture(["redirect_uri": uri, "state": plain], of: client).target.state
                == plain)
        let (error, target) = try redirect {
            try ValidatedAuthorizationRequest.fixture(["redirect_uri": uri, "state": state], of: client)
        }
        #expect(error.code == .invalidRequest)
        #expect(target.state == nil)
    }

    @Test func `whatever is answered to a valid request fits`() throws {
        let state = String(repeating: "{", count: 1024)
        let uri = "https://app.example/" + String(repeating: "a", count: 108)
        let client = try Client.fixture(metadata: ["redirect_uris": [.string(uri)]])
        let target = try ValidatedAuthorizationRequest.fixture(["redirect_uri": uri, "state": state], of: client).target
        let issuer = try Issuer.fixture()
        let error = OAuthError.loginRequired(
            "a text that is as long as any other that an authorization request is ever refused by, or a little longer")
        let answer = AuthorizationResponse.error(error, refusal: "0123456789ab", to: target, from: issuer)
        #expect(answer.uri.utf8.count <= AuthorizationResponse.limit)
        #expect(AuthorizationResponse.roomForCode(to: target, from: issuer) >= 44, "a reference")
    }

    // RFC 6749 §3.3
    @Test func `a request without scope asks for the client's default, and any other for what it says`() throws {
        let client = try Client.fixture(metadata: ["scope": "openid clerk", "default_scope": "clerk"])
        for empty in [nil, ""] as [String?] {
            #expect(try ValidatedAuthorizationRequest.fixture(["scope": empty], of: client).scope.names == ["clerk"])
        }
        #expect(try ValidatedAuthorizationRequest.fixture(["scope": "openid"], of: client).scope.names == ["openid"])
    }

    @Test func `a request without state, nonce and scope is a request too`() throws {
        let request = try ValidatedAuthorizationRequest.fixture(["state": nil, "nonce": "", "scope": nil])
        #expect(request.target.state == nil)
        #expect(request.nonce == nil)
        #expect(request.scope.isEmpty)
    }

    // RFC 9700 §2.1.1; what Mendix apps need: an app may switch PKCE off, a public client may not.
    @Test func `a public client must use PKCE, and a confidential one if it is registered so`() throws {
        let without: Change = ["code_challenge": nil, "code_challenge_method": nil]
        #expect(try ValidatedAuthorizationRequest.fixture(without).codeChallenge == nil)
        for client in [try Client.native(), try Client.fixture(metadata: ["require_pkce": true])] {
            let (error, _) = try redirect { try ValidatedAuthorizationRequest.fixture(without, of: client) }
            #expect(error.code == .invalidRequest)
            #expect(try ValidatedAuthorizationRequest.fixture(of: client).codeChallenge != nil)
        }
    }

    // §3.1.2.1: "An error SHOULD NOT result if some or all of the requested locales are not supported", and the rest are
    // voluntary.
    @Test func `a wish that is too long is passed over`() throws {
        let long = { (count: Int) in String(repeating: "a", count: count) }
        let request = try ValidatedAuthorizationRequest.fixture([
            "login_hint": long(257), "ui_locales": long(257), "claims_locales": long(257), "acr_values": long(1025),
        ])
        #expect(request.loginHint == nil && request.uiLocales.isEmpty && request.claimsLocales.isEmpty)
        #expect(request.acrValues == nil)
        #expect(request.request.fields.allSatisfy { $0.value.utf8.count < 257 }, "nor does it swell the attempt")
        let kept = try ValidatedAuthorizationRequest.fixture([
            "login_hint": long(256), "ui_locales": long(256), "claims_locales": "de fr-CA", "acr_values": long(1024),
        ])
        #expect(kept.loginHint == long(256) && kept.uiLocales == [long(256)])
        #expect(kept.claimsLocales == ["de", "fr-CA"] && kept.acrValues == long(1024))
    }

    // RFC 6749 §3.1.2.3 and §4.1.1; OpenID Connect Core §3.1.2.1: "REQUIRED. Redirection URI".
    @Test func `only what isn't OpenID Connect may leave out the one redirect URI`() throws {
        let change: Change = ["redirect_uri": nil, "scope": "profile"]
        let request = try ValidatedAuthorizationRequest.fixture(change)
        #expect(request.target.uri == Client.redirectURI && request.target.isImplied)
        #expect(try !ValidatedAuthorizationRequest.fixture(["scope": "profile"]).target.isImplied)
        let two = try Client.fixture(
            metadata: ["redirect_uris": [.string(Client.redirectURI), "https://app.example/second"]])
        #expect(page { try ValidatedAuthorizationRequest.fixture(change, of: two) } == .badRequest)
        let byDefault = try Client.fixture(metadata: ["default_scope": "openid"])
        #expect(
            page { try ValidatedAuthorizationRequest.fixture(["redirect_uri": nil, "scope": nil], of: byDefault) }
                == .badRequest)
        let (error, target) = try redirect {
            try ValidatedAuthorizationRequest.fixture(["redirect_uri": nil, "scope": "profile", "prompt": "x"])
        }
        #expect(error.code == .invalidRequest && target.uri == Client.redirectURI)
    }

    // OpenID Connect Registration §2: "If omitted, no default Max Authentication Age is specified. … The max_age request
    // parameter overrides this default value."
    // OpenID Connect Registration §2
    @Test func `default_acr_values count until the request says otherwise`() throws {
        let client = try Client.fixture(metadata: ["default_acr_values": ["2", "1"]])
        #expect(try ValidatedAuthorizationRequest.fixture(of: client).acrValues == "2 1")
        #expect(try ValidatedAuthorizationRequest.fixture(["acr_values": "1"], of: client).acrValues == "1")
        #expect(try ValidatedAuthorizationRequest.fixture().acrValues == nil)
    }

    // "Values specified in the acr_values request parameter or an individual acr Claim request override these default
    // values."
    @Test(
        arguments: [
            (#"{"values": ["gold", "silver"]}"#, "gold silver"), (#"{"essential": true, "value": "gold"}"#, "gold"),
            (#"{"values": [1, "a b", ""]}"#, nil), ("null", "2 1"), (#"{"essential": true}"#, "2 1"),
        ] as [(String, String?)])
    func `what claims asks of acr counts before default_acr_values`(wish: String, acrValues: String?) throws {
        let client = try Client.fixture(metadata: ["default_acr_values": ["2", "1"]])
        let claims = "{\"id_token\": {\"acr\": \(wish)}}"
        #expect(try ValidatedAuthorizationRequest.fixture(["claims": claims], of: client).acrValues == acrValues)
        #expect(
            try ValidatedAuthorizationRequest.fixture(["claims": claims, "acr_values": "3"], of: client).acrValues
                == "3")
    }

    @Test func `default_max_age counts until the request says otherwise`() throws {
        let client = try Client.fixture(metadata: ["default_max_age": 300])
        #expect(try ValidatedAuthorizationRequest.fixture(of: client).maxAge == 300)
        #expect(try ValidatedAuthorizationRequest.fixture(["max_age": "0"], of: client).maxAge == 0)
        #expect(try ValidatedAuthorizationRequest.fixture().maxAge == nil)
    }

    // RFC 8252 §7.3
    @Test func `a native client's port is where its code goes`() throws {
        let uri = "http://127.0.0.1:51004/callback"
        #expect(try ValidatedAuthorizationRequest.fixture(["redirect_uri": uri], of: .native()).target.uri == uri)
    }

    // The user is spoken to in their language also where the request is refused.
    @Test(
        arguments: [
            ("nl en", ["nl", "en"]), ("", []), (nil, []), (String(repeating: "a", count: 257), []),
        ] as [(String?, [String])])
    func `its languages are known, whatever else is wrong`(text: String?, locales: [String]) throws {
        #expect(try AuthorizationRequest.fixture(["ui_locales": text, "nonce": "\u{0}"]).uiLocales == locales)
    }

    @Test func `its fields begin the same request again`() throws {
        let request = try AuthorizationRequest.fixture(["unknown": "x", "registration": "{}", "prompt": "login"])
        let again = try AuthorizationRequest(Parameters(request.fields))
        #expect(again.fields.map(\.name) == request.fields.map(\.name))
        #expect(again.fields.map(\.value) == request.fields.map(\.value))
        #expect(!request.fields.contains { $0.name == "unknown" || $0.name == "registration" })
        #expect(try again.validated(for: .fixture(), hints: .fixture(), objects: .fixture()).prompt == [.login])
    }
}

/// The page that a refusal is; nil for another.
func page<Result>(_ body: () throws -> Result) -> AuthorizationFailure.PageKind? {
    do { _ = try body() } catch AuthorizationFailure.page(let kind, let error) {
        #expect(error.code == .invalidRequest)
        return kind
    } catch { Issue.record("\(error)") }
    return nil
}

/// What a refusal tells the client, and where.
func redirect<Result>(_ body: () throws -> Result) throws -> (OAuthError, RedirectTarget) {
    do { _ = try body() } catch AuthorizationFailure.redirect(let error, let target) { return (error, target) }
    throw Unexpected("it was not refused")
}

struct Unexpected: Error {
    let text: String

    init(_ text: String) { self.text = text }
}
