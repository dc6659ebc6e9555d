import JOSE
import OIDCLogic
import Testing

@Suite struct EmailAddressesTests {
    private let two = EmailAddresses(
        primary: .init("ada@work.example", isVerified: true), others: [.init("ada@home.example")])

    @Test func `they come back from the attributes as they went in`() {
        let attributes: [String: JSON] = ["name": "Ada", "email_verified": true, "email": "old@example.com"]
        let written = two.applied(to: attributes)
        #expect(
            written == [
                "name": "Ada", "email": "ada@work.example", "email_verified": true,
                "other_emails": [["address": "ada@home.example", "verified": false]],
            ])
        #expect(EmailAddresses(attributes: written) == two)
        #expect(EmailAddresses().applied(to: written) == ["name": "Ada"])
    }

    @Test func `the primary one carries its own proof, and the former keeps the one that it had`() {
        var addresses = two
        var isThere = addresses.makePrimary("ada@home.example")
        #expect(isThere)
        #expect(addresses.primary == .init("ada@home.example", isVerified: false))
        #expect(addresses.others == [.init("ada@work.example", isVerified: true)])
        #expect(addresses.applied(to: two.applied(to: [:]))["email_verified"] == nil)
        for _ in 1...2 {
            isThere = addresses.makePrimary("ada@work.example")
            #expect(isThere && addresses == two, "the second time it is the primary one already")
        }
        isThere = addresses.makePrimary("eve@example.com")
        #expect(!isThere && addresses == two, "only an address that the user has")
    }

    @Test func `a new address is not proven, and the first is the primary one`() {
        var addresses = EmailAddresses()
        addresses.add("ada@work.example")
        addresses.add("ada@home.example")
        #expect(addresses.primary == .init("ada@work.example"))
        #expect(addresses.others == [.init("ada@home.example")])
        let verified = ["ada@home.example", "eve@example.com"].map { addresses.verify($0) }
        #expect(verified == [true, false])
        addresses.add("ada@home.example")
        #expect(addresses.others == [.init("ada@home.example", isVerified: true)], "adding it again changes nothing")
        #expect(addresses.isVerified("ada@work.example") == false)
        #expect(addresses.isVerified("eve@example.com") == nil)
    }

    @Test func `the primary one is only removed as the last`() {
        var addresses = two
        let refused = ["ada@work.example", "eve@example.com"].map { addresses.remove($0) }
        #expect(refused == [.isPrimaryOfSeveral, .absent])
        #expect(addresses == two)
        let removed = ["ada@home.example", "ada@work.example"].map { addresses.remove($0) }
        #expect(removed == [.removed, .removed])
        #expect(addresses == EmailAddresses())
    }

    @Test func `addresses are told apart by their bytes, and none is there twice`() {
        let composed = "zo\u{EB}@example.com"
        let decomposed = "zoe\u{308}@example.com"
        let addresses = EmailAddresses(
            primary: .init(composed), others: [.init(decomposed, isVerified: true), .init(composed), .init(decomposed)])
        #expect(addresses.others == [.init(decomposed, isVerified: true)])
        #expect(addresses.isVerified(composed) == false)
    }

    @Test(
        arguments: [
            "text", ["ada@example.com"], [["address": 1]], [["verified": true]], ["address": "ada@example.com"],
        ] as [JSON])
    func `what no address could be read from counts as none`(others: JSON) {
        #expect(EmailAddresses(attributes: ["other_emails": others]) == EmailAddresses())
    }
}
