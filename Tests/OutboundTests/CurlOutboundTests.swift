import Dispatch
import Glibc
import OIDCLogic
import Testing

@testable import Outbound

struct CurlOutboundTests {
    private static let loopback = OutboundRules(
        listed: ["http://127.0.0.0/8", "http://::1"].compactMap(OutboundRules.Listed.init))
    private static let ok = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\nhello"

    private func get(
        _ uri: String, rules: OutboundRules = loopback, timeout: Int = 5000, maximumBytes: Int = 1000
    ) throws -> Result<OutboundAnswer, OutboundError> {
        let uri = try #require(WebURI(uri))
        let outbound = CurlOutbound(rules: rules, limit: 1, timeout: timeout)
        do throws(OutboundError) { return .success(try outbound.get(uri, maximumBytes: maximumBytes)) } catch {
            return .failure(error)
        }
    }

    private func get(
        from server: ServerFixture, timeout: Int = 5000, maximumBytes: Int = 1000
    ) throws -> Result<OutboundAnswer, OutboundError> {
        try get("http://127.0.0.1:\(server.port)/jwks?a=b", timeout: timeout, maximumBytes: maximumBytes)
    }

    @Test(arguments: [
        ("https://10.0.0.1/", true), ("https://127.1/", true), ("https://2130706433/", true), ("https://0x7f.1/", true),
        ("https://[::1]/", true), ("https://[::ffff:10.0.0.1]/", true), ("https://169.254.169.254/latest", true),
        ("http://93.184.215.14/", true), ("https://93.184.215.14/", false), ("https://[2606:2800:21f::1]/", false),
        ("https://app.example/", false), ("https://localhost/", false), ("https://10.example/", false),
    ])
    func `an address that is never called is known by itself`(uri: String, isRefused: Bool) throws {
        let uri = try #require(WebURI(uri))
        #expect(CurlOutbound(rules: OutboundRules(), limit: 1).refuses(uri) == isRefused)
    }

    @Test(arguments: [("http://127.0.0.1:8/", false), ("https://127.0.0.1/", false), ("http://10.0.0.1/", true)])
    func `one that is listed is called`(uri: String, isRefused: Bool) throws {
        #expect(CurlOutbound(rules: Self.loopback, limit: 1).refuses(try #require(WebURI(uri))) == isRefused)
    }

    @Test func `an answer comes with its status, its caching and its bytes`() throws {
        let server = ServerFixture.text(Self.ok)
        let answer = try get(from: server).get()
        #expect(answer.status == 200)
        #expect(answer.cacheControl == "max-age=60")
        #expect(answer.body == Array("hello".utf8))
    }

    @Test func `a redirect is an answer, and not followed`() throws {
        let target = ServerFixture.text(Self.ok)
        let server = ServerFixture.text(
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:\(target.port)/\r\nContent-Length: 0\r\n\r\n")
        #expect(try get(from: server).get().status == 302)
        #expect(target.connections == 0)
    }

    @Test func `an answer is read to the limit and no further`() throws {
        let exact = ServerFixture.text(Self.ok)
        #expect(try get(from: exact, maximumBytes: 5).get().body.count == 5)
        #expect(try get(from: exact, maximumBytes: 4).failure == .tooLong)
        let endless = ServerFixture { connection in
            ServerFixture.send("HTTP/1.1 200 OK\r\n\r\n".utf8, to: connection)
            while ServerFixture.send([UInt8](repeating: 0x20, count: 65_536), to: connection) {}
        }
        #expect(try get(from: endless, maximumBytes: 1_000_000).failure == .tooLong)
        let chunked = ServerFixture { connection in
            ServerFixture.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8, to: connection)
            while ServerFixture.send("4\r\naaaa\r\n".utf8, to: connection) {}
        }
        #expect(try get(from: chunked).failure == .tooLong)
    }

    @Test func `an endless head is not read to its end`() throws {
        let server = ServerFixture { connection in
            ServerFixture.send("HTTP/1.1 200 OK\r\n".utf8, to: connection)
            while ServerFixture.send("X-More: \(String(repeating: "a", count: 1000))\r\n".utf8, to: connection) {}
        }
        #expect(try get(from: server).failure == .tooLong)
    }

    @Test func `whoever is slow is left alone in time`() throws {
        let silent = ServerFixture { connection in
            var byte: UInt8 = 0
            _ = unsafe read(connection, &byte, 1)
        }
        let dripping = ServerFixture { connection in
            ServerFixture.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".utf8, to: connection)
            while ServerFixture.send([0x20], to: connection) { usleep(20_000) }
        }
        for server in [silent, dripping] {
            let start = ContinuousClock.now
            guard case .unanswered = try get(from: server, timeout: 300).failure else {
                Issue.record("it was waited for")
                continue
            }
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }

    @Test(arguments: ["", "garbage\r\n\r\n", "HTTP/0.9", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"])
    func `what is no answer is none`(text: String) throws {
        guard case .unanswered = try get(from: .text(text)).failure else {
            Issue.record("it was taken")
            return
        }
    }

    @Test func `an address that isn't listed is not connected to`() throws {
        let server = ServerFixture.text(Self.ok)
        let listed = OutboundRules(listed: ["http://10.0.0.0/8"].compactMap(OutboundRules.Listed.init))
        let tlsOnly = OutboundRules(listed: ["127.0.0.0/8"].compactMap(OutboundRules.Listed.init))
        for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433", "127.1"] {
            let uri = "://\(host):\(server.port)/"
            for rules in [OutboundRules(), listed] {
                #expect(try get("https" + uri, rules: rules).isForbidden, "https\(uri)")
                #expect(try get("http" + uri, rules: rules).isForbidden, "http\(uri)")
            }
            #expect(try get("http" + uri, rules: tlsOnly).isForbidden)
        }
        #expect(server.connections == 0)
    }

    @Test func `no more calls are under way than are allowed, whoever waits included`() throws {
        let server = ServerFixture.text(Self.ok)
        let uri = try #require(WebURI("http://127.0.0.1:\(server.port)/"))
        let outbound = CurlOutbound(rules: Self.loopback, limit: 2)
        let begun = DispatchSemaphore(value: 0)
        let end = DispatchSemaphore(value: 0)
        let waiters = DispatchGroup()
        for _ in 0..<2 {
            DispatchQueue.global().async(group: waiters) {
                try? outbound.waiting {
                    begun.signal()
                    end.wait()
                }
            }
        }
        for _ in 0..<2 { begun.wait() }
        #expect(throws: OutboundError.busy) { try outbound.get(uri, maximumBytes: 9) }
        #expect(throws: OutboundError.busy) { try outbound.waiting {} }
        #expect(server.connections == 0)
        for _ in 0..<2 { end.signal() }
        waiters.wait()
        #expect(try outbound.get(uri, maximumBytes: 9).status == 200)
    }

    // MARK: POST

    private func post(
        to server: ServerFixture, timeout: Int = 5000, rules: OutboundRules = loopback
    ) throws -> Result<Int, OutboundError> {
        let uri = try #require(WebURI("http://127.0.0.1:\(server.port)/logout"))
        let outbound = CurlOutbound(rules: rules, limit: 1, timeout: timeout)
        do throws(OutboundError) { return .success(try outbound.post([("logout_token", "a.b c&d")], to: uri)) } catch {
            return .failure(error)
        }
    }

    @Test func `a form is posted, and the status answers`() throws {
        let server = ServerFixture(seeing: { request, connection in
            let isForm =
                request.hasPrefix("POST /logout HTTP/1.1\r\n")
                && request.contains("Content-Type: application/x-www-form-urlencoded\r\n")
                && request.hasSuffix("\r\n\r\nlogout_token=a.b%20c%26d")
            ServerFixture.send("HTTP/1.1 \(isForm ? 204 : 400) X\r\n\r\n".utf8, to: connection)
        })
        #expect(try post(to: server).get() == 204)
    }

    @Test func `a status is an answer, whatever comes with it`() throws {
        let target = ServerFixture.text(Self.ok)
        let redirect = ServerFixture.text(
            "HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:\(target.port)/\r\nContent-Length: 0\r\n\r\n")
        #expect(try post(to: redirect).get() == 307)
        #expect(target.connections == 0)
        let endless = ServerFixture { connection in
            ServerFixture.send("HTTP/1.1 200 OK\r\n\r\n".utf8, to: connection)
            while ServerFixture.send([UInt8](repeating: 0x20, count: 65_536), to: connection) {}
        }
        #expect(try post(to: endless).get() == 200)
        let endlessHead = ServerFixture { connection in
            ServerFixture.send("HTTP/1.1 200 OK\r\n".utf8, to: connection)
            while ServerFixture.send("X-More: \(String(repeating: "a", count: 1000))\r\n".utf8, to: connection) {}
        }
        #expect(try post(to: endlessHead).failure == .tooLong)
    }

    @Test func `a POST goes nowhere that a GET may not, and waits no longer`() throws {
        let server = ServerFixture { connection in
            var byte: UInt8 = 0
            _ = unsafe read(connection, &byte, 1)
        }
        guard case .unanswered = try post(to: server, timeout: 300).failure else {
            Issue.record("it waited for an answer")
            return
        }
        #expect(server.connections == 1, "it is not repeated")
        guard case .forbidden = try post(to: server, rules: OutboundRules()).failure else {
            Issue.record("it went where it may not")
            return
        }
        #expect(server.connections == 1)
    }
}

extension Result where Failure == OutboundError {
    fileprivate var failure: OutboundError? {
        if case .failure(let error) = self { error } else { nil }
    }

    fileprivate var isForbidden: Bool {
        if case .forbidden = failure { true } else { false }
    }
}
