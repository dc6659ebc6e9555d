import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect Core §5.5.
struct ClaimsRequestTests {
    @Test func `each member says which claims, how, and in which language`() throws {
        let request = try ClaimsRequest(
            """
            {"userinfo": {"given_name": {"essential": true}, "nickname": null, "name#ja-Kana-JP": {}},
             "id_token": {"auth_time": {"essential": true}, "acr": {"values": ["2", "3"]}, "sub": {"value": "x"}},
             "unknown": {"anything": 1}}
            """)
        #expect(request.userInfo.map(\.name.text) == ["given_name", "name#ja-Kana-JP", "nickname"])
        #expect(request.userInfo.map(\.isEssential) == [true, false, false])
        #expect(request.userInfo[1].name.base == "name")
        #expect(request.idToken.map(\.name.text) == ["acr", "auth_time", "sub"])
        #expect(request.idToken[0].values == ["2", "3"])
        #expect(request.subjects == ["x"])
        #expect(request.essentialACRs == nil, "asked for, but not as essential")
        #expect(try ClaimsRequest("{}") == .none)
        #expect(try ClaimsRequest(#"{"userinfo": null, "id_token": {}}"#) == .none)
    }

    @Test(
        arguments: [
            "", "x", "[]", "\"{}\"", "1", "{\"id_token\": []}", "{\"userinfo\": 1}", "{\"userinfo\": {\"a\": 1}}",
            "{\"userinfo\": {\"a\": []}}", "{\"userinfo\": {\"a\": {\"essential\": 1}}}",
            "{\"userinfo\": {\"a\": {\"values\": \"b\"}}}",
            "{\"userinfo\": {\"a\": null, \"a\": null}}", "{\"userinfo\": {}} {}",
            String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000),
            #"{"userinfo": {"a": {"value": "# + String(repeating: #"{"a":"#, count: 500) + "1"
                + String(repeating: "}", count: 503),
            #"{"userinfo": {"a": {"value": "# + "[[[[[[[[[[1]]]]]]]]]]}}}",
            #"{"userinfo": {"a": {"value": ""# + String(repeating: "a", count: 5000) + "\"}}}",
            "{\"userinfo\": {" + (0..<65).map { "\"a\($0)\": null" }.joined(separator: ",") + "}}",
            "{\"userinfo\": {" + (0..<65).map { "\"ä \($0)\": null" }.joined(separator: ",") + "}}",
        ])
    func `what is malformed, too deep or too much is invalid_request`(text: String) {
        #expect {
            try ClaimsRequest(text)
        } throws: {
            ($0 as? OAuthError)?.code == .invalidRequest
        }
    }

    // §5.5: "Any members used that are not understood MUST be ignored."
    @Test(
        arguments: [
            "", "a b", "ü", "naïve#de", "e-mail\\u0000", String(repeating: "a", count: 257),
        ], ["null", "{}", "1", #"{"essential": true, "value": "x"}"#])
    func `a name that no claim can have is ignored, whatever is said of it`(name: String, wish: String) throws {
        let request = try ClaimsRequest(
            "{\"userinfo\": {\"\(name)\": \(wish), \"email\": null}, \"id_token\": {\"\(name)\": \(wish)}}")
        #expect(request.userInfo.map(\.name.text) == ["email"])
        #expect(request.idToken.isEmpty)
    }

    @Test func `a member that is null says nothing`() throws {
        let request = try ClaimsRequest(
            """
            {"id_token": {"sub": {"value": null}, "acr": {"essential": true, "values": null},
                          "auth_time": {"essential": null}}}
            """)
        #expect(request.idToken.map(\.values) == [nil, nil, nil])
        #expect(request.idToken.map(\.isEssential) == [true, false, false])
        #expect(request.subjects == nil, "any user will do")
        #expect(request.essentialACRs == nil, "any will do")
        let one = try ClaimsRequest(#"{"id_token": {"sub": {"value": null, "values": ["x"]}}}"#)
        #expect(one.subjects == ["x"], "and doesn't hide what the other member says")
    }

    @Test func `what is granted of it goes into the code and comes back`() throws {
        let request = try ClaimsRequest(
            #"{"userinfo": {"email": null, "phone_number": null, "acr": null}, "id_token": {"name#de": null, "scope": null}}"#
        )
        #expect(request.scope(.none) == (try Scope("profile email phone")))
        let granted = request.granted(try Scope("openid email profile"), beyond: try Scope("openid profile"), .none)
        #expect(granted.names(in: .userInfo).map(\.text) == ["email"], "phone isn't granted, acr needs no asking")
        #expect(granted.names(in: .idToken).map(\.text) == ["name#de", "scope"])
        #expect(granted.scope == (try Scope("email")))
        #expect(GrantedClaims(stored: granted.json) == granted)
        #expect(GrantedClaims(stored: [:]) == GrantedClaims.none)
        #expect(GrantedClaims(stored: []) == nil)
        #expect(GrantedClaims(stored: ["s": "\""]) == nil)
    }

    private func release(
        _ claims: String, scope: String = "openid", user: User = .fixture(), preset: ClaimPreset = .standard
    ) throws -> ClaimRelease {
        let client = try Client.fixture(preset: preset)
        let accepted = try CodeExchange.Accepted.fixture(["scope": scope, "claims": claims], of: client, user: user)
        return ClaimRelease(ClaimSubject(accepted.live))
    }

    // §5.2
    @Test func `claims come in the languages that are wanted as well`() throws {
        let user = User.fixture(attributes: [
            "name": "Ann", "name#de": "Änn", "name#de-CH": "Ännli", "name#dex": "?", "name#fr": "Anne",
            "phone_number#de": "1", "nickname#DE": "Ä",
        ])
        let request = ClaimsRequest.none.speaking(["x", "de"], of: user, in: try Scope("openid profile"), .none)
        #expect(request.userInfo.map(\.name.text) == ["name#de", "name#de-CH", "nickname#DE"])
        #expect(request.idToken.isEmpty)
        #expect(request.scope(.none) == (try Scope("profile")), "nothing that wasn't asked for")
        let named = try ClaimsRequest(#"{"id_token": {"phone_number": null}, "userinfo": {"name#DE": null}}"#)
        let spoken = named.speaking(["DE"], of: user, in: try Scope("openid"), .none)
        #expect(spoken.idToken.map(\.name.text) == ["phone_number", "phone_number#de"])
        #expect(spoken.userInfo.map(\.name.text) == ["name#DE", "name#de-CH"], "each once")
        #expect(named.speaking([], of: user, in: .standard, .none) == named)
    }

    @Test func `no request grows by languages beyond its bounds`() throws {
        let attributes = Dictionary(
            uniqueKeysWithValues: (100..<200).map { ("name#de-\($0)", JSON.string("x")) })
        let request = ClaimsRequest.none.speaking(["de"], of: .fixture(attributes: attributes), in: .standard, .none)
        #expect(request.userInfo.count == 64)
    }

    // §5.5: individually requested claims, whether or not their scope was asked for.
    @Test func `a claim that is asked for goes where it is asked for`() throws {
        let release = try release(#"{"userinfo": {"email": null}, "id_token": {"given_name": {"essential": true}}}"#)
        #expect(release.claims(for: .userInfo) == ["email": "ann@app.example"])
        #expect(release.claims(for: .idToken) == ["given_name": "Ann"])
        #expect(release.claims(for: .accessToken) == ["name": "Ann Example"])
    }

    @Test func `scope may be asked for in the ID token`() throws {
        let release = try release(#"{"id_token": {"scope": null}}"#, scope: "openid email")
        #expect(release.claims(for: .idToken) == ["scope": "openid email"])
    }

    @Test func `nothing is released that the client isn't allowed, or nobody knows`() throws {
        let client = try Client.fixture(metadata: ["scope": "openid"])
        let claims = #"{"userinfo": {"email": {"essential": true}, "salary": null, "sub": null}}"#
        let accepted = try CodeExchange.Accepted.fixture(["scope": "openid", "claims": claims], of: client)
        #expect(accepted.live.grant.claims.isEmpty)
        #expect(ClaimRelease(ClaimSubject(accepted.live)).claims(for: .userInfo).isEmpty)
    }

    // §5.2: "if the … Claim has no value in that language, …"
    @Test func `a claim in a language, else without its tag`() throws {
        let user = User.fixture(
            attributes: ["name": "Ann", "name#de-CH": "Änn", "family_name": "Example", "family_name#fr": ""])
        let release = try release(
            #"{"userinfo": {"name#de-ch": null, "family_name#fr": null, "nickname#fr": null}}"#, user: user)
        #expect(release.claims(for: .userInfo) == ["name#de-ch": "Änn", "family_name": "Example"])
    }
}
