import OIDCLogic
import Testing

@testable import Handlers

/// OpenID Connect Discovery §3.
struct DiscoveryHandlerTests {
    @Test(arguments: [(true, true, true), (true, false, true), (false, true, true), (false, false, false)])
    func `the class of a password is named where somebody may sign in by one`(
        everybody: Bool, administrators: Bool, isNamed: Bool
    ) throws {
        let options = SignInOptions(hasPassword: everybody, admitsAdministrators: administrators)
        let browser = HandlerBrowser(try HandlerFixture(signIn: options))
        let metadata = try browser.send(.get, .discovery, []).json()
        #expect(metadata["acr_values_supported"] == (isNamed ? ["1"] : nil))
    }
}
