import JOSE
import Testing

@testable import OIDCLogic

/// What a form of ours proves.
struct FormTokenTests {
    private let attempt = AttemptID("attempt")

    @Test func `it matches for the same step, attempt, session and user`() throws {
        let sealed = FormToken("consent", attempt: attempt, signedIn: .fixture()).sealed(by: try .fixture())
        #expect(FormToken("consent", attempt: attempt, signedIn: .fixture()).matches(sealed, opening: try .fixture()))
    }

    @Test func `it matches for nothing else`() throws {
        let seal = try Seal.fixture()
        let sealed = FormToken("consent", attempt: attempt, signedIn: .fixture()).sealed(by: seal)
        let otherSession = SignedIn.fixture(.fixture("other"), of: .fixture())
        let otherUser = SignedIn.fixture(.fixture(of: .fixture("other")), of: .fixture("other"))
        let others = [
            FormToken("login", attempt: attempt, signedIn: .fixture()),
            FormToken("consent", attempt: AttemptID("other"), signedIn: .fixture()),
            FormToken("consent", attempt: attempt, signedIn: nil),
            FormToken("consent", attempt: attempt, signedIn: otherSession),
            FormToken("consent", attempt: attempt, signedIn: otherUser),
        ]
        for other in others { #expect(!other.matches(sealed, opening: seal)) }
        let same = FormToken("consent", attempt: attempt, signedIn: .fixture())
        #expect(!same.matches(sealed, opening: try .fixture(2)))
        for text in [nil, "", "abc", String(sealed.dropLast())] { #expect(!same.matches(text, opening: seal)) }
    }

    @Test func `its parts can't run into each other`() throws {
        let seal = try Seal.fixture()
        let sealed = FormToken("ab", attempt: AttemptID("c"), signedIn: nil).sealed(by: seal)
        #expect(!FormToken("a", attempt: AttemptID("bc"), signedIn: nil).matches(sealed, opening: seal))
    }

    @Test func `no attempt or code serves as one`() throws {
        let seal = try Seal.fixture()
        let code = try AuthorizationCode.fixture().sealed(by: seal)
        #expect(!FormToken("login", attempt: attempt, signedIn: nil).matches(code, opening: seal))
    }
}
