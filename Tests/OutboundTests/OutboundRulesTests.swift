import Glibc
import Testing

@testable import Outbound

struct OutboundRulesTests {
    private static func bytes(_ text: String) -> [UInt8] {
        var four = [UInt8](repeating: 0, count: 4)
        if unsafe inet_pton(AF_INET, text, &four) == 1 { return four }
        var sixteen = [UInt8](repeating: 0, count: 16)
        _ = unsafe inet_pton(AF_INET6, text, &sixteen)
        return sixteen
    }

    private static func rules(_ listed: String...) -> OutboundRules {
        OutboundRules(listed: listed.compactMap(OutboundRules.Listed.init))
    }

    @Test(arguments: [
        "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
        "172.32.0.0", "192.167.255.255", "198.17.255.255", "223.255.255.255", "2606:4700::1111", "2a00::1", "2002:1::1",
        "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    ])
    func `a public address may be called by https alone`(address: String) {
        let isTunnel = address.hasPrefix("2002")
        #expect(Self.rules().permits(Self.bytes(address), isTLS: true) == !isTunnel)
        #expect(!Self.rules().permits(Self.bytes(address), isTLS: false))
    }

    // RFC 6890: private, loopback, link-local, carrier-grade NAT, documentation, multicast, reserved, unique-local, and
    // all of them in the clothes of IPv6.
    @Test(arguments: [
        "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
        "fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b:1::1",
        "::127.0.0.1",
    ])
    func `an address that isn't public may be called only where it is listed`(address: String) {
        #expect(!Self.rules().permits(Self.bytes(address), isTLS: true))
        #expect(!Self.rules("192.0.2.99").permits(Self.bytes(address), isTLS: true))
        #expect(!Self.rules().permits(Self.bytes(address), isTLS: false))
    }

    @Test func `what is listed is allowed by https, and by http where that is said`() {
        let rules = Self.rules("10.1.0.0/16", "http://127.0.0.0/8", "http://::1", "fd00:1::/32")
        #expect(rules.permits(Self.bytes("10.1.2.3"), isTLS: true))
        #expect(!rules.permits(Self.bytes("10.1.2.3"), isTLS: false))
        #expect(!rules.permits(Self.bytes("10.2.2.3"), isTLS: true))
        #expect(rules.permits(Self.bytes("127.0.0.1"), isTLS: false))
        #expect(rules.permits(Self.bytes("::ffff:127.0.0.1"), isTLS: false))
        #expect(rules.permits(Self.bytes("::1"), isTLS: false) && rules.permits(Self.bytes("::1"), isTLS: true))
        #expect(rules.permits(Self.bytes("fd00:1::9"), isTLS: true))
        #expect(!rules.permits(Self.bytes("8.8.8.8"), isTLS: false))
        #expect(rules.allowsHTTP && !Self.rules("10.0.0.0/8").allowsHTTP)
        let all = Self.rules("0.0.0.0/0", "::/0")
        #expect(all.permits(Self.bytes("10.1.2.3"), isTLS: true) && all.permits(Self.bytes("fe80::1"), isTLS: true))
    }

    @Test(arguments: [
        "", "localhost", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "::/129",
        "https://10.0.0.0/8", "http://", "HTTP://10.0.0.1", "010.0.0.1", "[::1]", " 10.0.0.1", "10.0.0.1:80",
    ])
    func `what is no address or network can't be listed`(text: String) {
        #expect(OutboundRules.Listed(text) == nil)
    }
}
