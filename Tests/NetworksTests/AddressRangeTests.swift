import Networks
import Testing

/// RFC 4632, RFC 4291 §2.3.
struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.128/25", "192.0.2.129", true),
        ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false), ("2001:db8::/32", "2001:db8:1::1", true),
        ("2001:db8::/32", "2001:db9::1", false), ("10.0.0.0/8", "::ffff:10.0.0.1", true), ("::/0", "fe80::1", true),
        ("10.0.0.0/8", "nowhere", false), ("10.0.0.0/8", "", false),
    ])
    func `an address lies in a network or not`(network: String, address: String, isInside: Bool) throws {
        let range = try #require(AddressRange(network))
        #expect((IPAddress(address).map { range.contains($0.unmapped.bytes) } ?? false) == isInside)
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "10.0.0.0/8/8", "10.0.0.0/", "::/129", "office",
    ])
    func `what is no network is none`(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
