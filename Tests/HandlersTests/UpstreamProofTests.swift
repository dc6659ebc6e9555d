import JOSE
import Testing

@testable import Handlers
@testable import OIDCLogic

/// Whether an address, or a number, is proven is said of that one alone.
struct UpstreamProofTests {
    private let test: UpstreamFixture

    init() throws {
        test = try UpstreamFixture(
            UpstreamMapping(verifiedDomains: [EmailDomain("corp.example")].compactMap(\.self)))
    }

    private func signIn(_ claims: [String: JSON]) throws -> [String: JSON] {
        _ = try test.signIn(claims, in: HandlerBrowser(test.fixture))
        return try test.user().attributes
    }

    @Test func `what an administrator said of one address doesn't go to another`() throws {
        _ = try signIn(["email": "amy@other.example"])
        try test.change { $0.attributes["email_verified"] = true }
        #expect(try signIn(["email": "amy@other.example"])["email_verified"] == true, "it is the same")
        let after = try signIn(["email": "ceo@other.example", "email_verified": true])
        #expect(after["email"] == "ceo@other.example" && after["email_verified"] == nil)
    }

    @Test(arguments: ["amy@Other.example", "amy@other.example ", "am\u{79}\u{301}@other.example"])
    func `it is the same only to the byte`(email: String) throws {
        _ = try signIn(["email": "am\u{FD}@other.example"])
        try test.change { $0.attributes["email_verified"] = true }
        #expect(try signIn(["email": .string(email)])["email_verified"] == nil)
    }

    @Test func `an address that the upstream says no more takes its proof along`() throws {
        _ = try signIn(["email": "amy@other.example"])
        try test.change { $0.attributes["email_verified"] = true }
        let after = try signIn([:])
        #expect(after["email"] == nil && after["email_verified"] == nil)
    }

    @Test func `the upstream's own word counts for a domain that it is trusted for`() throws {
        _ = try signIn(["email": "amy@other.example"])
        #expect(try signIn(["email": "amy@corp.example", "email_verified": true])["email_verified"] == true)
        #expect(try signIn(["email": "amy@corp.example", "email_verified": false])["email_verified"] == nil)
    }

    @Test func `an address that was proven among the others is so as the first`() throws {
        _ = try signIn(["email": "amy@other.example"])
        try test.change {
            $0.attributes["other_emails"] = [
                ["address": "second@other.example", "verified": true],
                ["address": "third@other.example", "verified": false],
            ]
        }
        let after = try signIn(["email": "second@other.example"])
        #expect(after["email_verified"] == true)
        #expect(after["other_emails"] == [["address": "third@other.example", "verified": false]])
        #expect(try signIn(["email": "third@other.example"])["email_verified"] == nil)
    }

    @Test func `a user who is here already keeps no proof for the address that the upstream gives`() throws {
        var ann = try test.fixture.store.user(named: Username("ann")).orThrow("no user")
        ann.attributes["email_verified"] = true
        try test.fixture.store.replace(ann, ending: .nothing)
        let users = UserAdministration(store: test.fixture.store, now: test.fixture.provider.now)
        let invitation = try users.invite("ann", for: 3600)
        let page = test.browser.send(.get, .account, [("token", invitation.text)], tail: "invitation")
        _ = try test.comeBack(try test.follow(page), ["email": "amy@other.example"])
        let after = try test.user()
        #expect(after.username == Username("ann") && after.attributes["email"] == "amy@other.example")
        #expect(after.attributes["email_verified"] == nil)
    }

    @Test func `a number is proven by no claim, and what was said of one doesn't go to another`() throws {
        let claims: [String: JSON] = ["phone_number": "+31 20 1", "phone_number_verified": true]
        #expect(try signIn(claims)["phone_number_verified"] == nil)
        try test.change { $0.attributes["phone_number_verified"] = true }
        #expect(try signIn(claims)["phone_number_verified"] == true)
        #expect(try signIn(["phone_number": "+31 20 2"])["phone_number_verified"] == nil)
    }

    @Test func `a number is proven where the administrator maps it, if it is the upstream's`() throws {
        let mapped = try UpstreamFixture(
            UpstreamMapping(attributes: ["phone_number_verified": "upstream -> 'phone_number_verified'"]))
        let other = UpstreamProofTests(test: mapped)
        let after = try other.signIn(["phone_number": "+31 20 1", "phone_number_verified": true])
        #expect(after["phone_number_verified"] == true)
        try mapped.change { $0.attributes["phone_number"] = "+31 20 3" }
        let lost = try other.signIn(["phone_number_verified": true])
        #expect(lost["phone_number"] == nil && lost["phone_number_verified"] == nil)
    }

    private init(test: UpstreamFixture) { self.test = test }
}
