import Testing

@testable import OIDCLogic

struct SignedInTests {
    private func signedIn(_ session: Session, _ user: User?, at now: Timestamp = .noon) -> SignedIn? {
        SignedIn(session, of: user, idle: 3600, at: now)
    }

    @Test func `a living session of an enabled user is signed in, and nothing else`() {
        #expect(signedIn(.fixture(), .fixture()) != nil)
        #expect(signedIn(.fixture(), nil) == nil)
        #expect(signedIn(.fixture(), .fixture(isDisabled: true)) == nil)
        #expect(signedIn(.fixture(), .fixture("someone-else")) == nil)
        #expect(signedIn(.fixture(), .fixture(), at: .noon + 3600) == nil, "idle")
        #expect(signedIn(.fixture(), .fixture(), at: .noon + 24 * 3600) == nil, "at its end")
    }
}
