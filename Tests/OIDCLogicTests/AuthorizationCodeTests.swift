import JOSE
import Testing

@testable import OIDCLogic

/// RFC 6749 §4.1.2.
struct AuthorizationCodeTests {
    @Test func `it comes back as it was sealed`() throws {
        let code = try AuthorizationCode.fixture()
        #expect(try AuthorizationCode(sealed: code.sealed(by: .fixture()), opening: .fixture()) == code)
        let bare = try AuthorizationCode.fixture(["nonce": nil, "code_challenge": nil, "code_challenge_method": nil])
        #expect(bare.nonce == nil && bare.codeChallenge == nil)
        #expect(try AuthorizationCode(sealed: bare.sealed(by: .fixture()), opening: .fixture()) == bare)
    }

    @Test func `it says what was granted`() throws {
        let code = try AuthorizationCode.fixture(["scope": "openid email clerk"])
        #expect(code.clientID == ClientID("app"))
        #expect(code.authentication.userID == User.fixture().id)
        #expect(code.authentication.sessionID == SessionID("session"))
        #expect(code.redirectURI == Client.redirectURI)
        #expect(code.scope.names == ["openid", "email"])
        #expect(code.nonce == "the nonce")
        #expect(code.codeChallenge?.value == RFC7636.challenge)
        #expect(code.authentication.sid == Session.fixture().sid(for: code.clientID))
        #expect(code.authentication.authTime == .noon)
        #expect(code.authentication.amr == ["pwd"])
        #expect(code.authentication.acr == "1")
        #expect(code.issuedAt == .noon)
    }

    // It travels in a URL, and request lines and headers are short.
    @Test func `an ordinary one has at most 1500 bytes`() throws {
        let state = String(repeating: "s", count: 1024)
        let uri = "https://app.example/" + String(repeating: "a", count: 200)
        let client = try Client.fixture(
            String(repeating: "c", count: 36), metadata: ["redirect_uris": [.string(uri)]])
        let change: Change = [
            "client_id": client.id.value, "redirect_uri": uri, "state": state,
            "scope": "openid profile email address phone", "nonce": String(repeating: "n", count: 128),
        ]
        #expect(try AuthorizationCode.fixture(change, of: client).sealed(by: .fixture()).utf8.count <= 1500)
        #expect(try AuthorizationCode.fixture().sealed(by: .fixture()).utf8.count <= 1000)
    }

    @Test func `no bit of it can be changed`() throws {
        let sealed = try AuthorizationCode.fixture().sealed(by: .fixture())
        let bytes = try #require(Base64URL.decode(sealed))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let text = Base64URL.encode(changed)
            #expect(throws: (any Error).self) { try AuthorizationCode(sealed: text, opening: .fixture()) }
        }
        for count in [0, 1, 4, 28, 43, bytes.count - 1] {
            let text = Base64URL.encode(bytes.prefix(count))
            #expect(throws: (any Error).self) { try AuthorizationCode(sealed: text, opening: .fixture()) }
        }
    }

    @Test func `it opens for its own issuer, key and purpose alone`() throws {
        let sealed = try AuthorizationCode.fixture().sealed(by: .fixture())
        for seal in [try Seal.fixture(2), try Seal.fixture(issuer: "https://login.example")] {
            #expect(throws: (any Error).self) { try AuthorizationCode(sealed: sealed, opening: seal) }
        }
        let attempt = Attempt(
            try .fixture(), in: BrowserToken(random: FixedRandom()), at: .noon, random: FixedRandom())
        let text = try attempt.sealed(by: .fixture())
        #expect(throws: (any Error).self) { try AuthorizationCode(sealed: text, opening: .fixture()) }
    }

    @Test func `an older key still opens it`() throws {
        let sealed = try AuthorizationCode.fixture().sealed(by: .fixture(1))
        let rotated = Seal(current: try .fixture(2), older: [try .fixture(1)], context: Issuer.text)
        #expect(throws: Never.self) { try AuthorizationCode(sealed: sealed, opening: rotated) }
    }

    @Test func `two codes of one request are two`() throws {
        let grant = try AuthorizationGrant.fixture()
        let ids = IDSource(random: SystemRandom(), milliseconds: { 0 })
        let codes = (0..<2).map { _ in AuthorizationCode(grant, at: .noon, ids: ids) }
        #expect(codes[0].id != codes[1].id)
    }
}
