import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect Session Management 1.0 §2 and §4.2.
struct BrowserStateTests {
    @Test func `it is the session's, and shows nothing of it`() throws {
        let session = Session.fixture()
        let state = BrowserState(of: session)
        #expect(BrowserState(of: session) == state && !state.isOfNobody)
        #expect(BrowserState(of: nil).isOfNobody && BrowserState(of: nil) != state)
        for secret in [session.id.value, session.userID.value, session.sid(for: ClientID("app"))] {
            #expect(!state.text.contains(secret))
        }
    }

    @Test func `it stays while the session goes on, and another session has another`() throws {
        let session = Session.fixture()
        var renewed = session
        renewed.authTime = .noon + 60
        #expect(BrowserState(of: renewed) == BrowserState(of: session))
        let other = Session(
            id: session.id, userID: session.userID, authTime: session.authTime, amr: session.amr, acr: session.acr,
            createdAt: session.createdAt, lastUsedAt: session.lastUsedAt, expiresAt: session.expiresAt,
            sidKey: Array(repeating: 4, count: 32))
        #expect(BrowserState(of: other) != BrowserState(of: session))
    }

    @Test func `session_state is a salted hash of app, origin and state`() throws {
        let state = BrowserState(of: Session.fixture())
        let client = ClientID("app")
        let origin = try #require(WebOrigin(of: "https://App.example:443/callback"))
        let text = state.sessionState(for: client, at: origin, random: SystemRandom())
        let parts = text.split(separator: ".")
        try #require(parts.count == 2)
        let expected = Digest.sha256(Array("app https://app.example \(state.text) \(parts[1])".utf8))
        #expect(parts[0] == Base64URL.encode(expected))
        #expect(!text.contains(" "), "§2 forbids spaces")
        #expect(state.sessionState(for: client, at: origin, random: SystemRandom()) != text)
    }
}
