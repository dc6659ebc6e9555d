import Dispatch
import JOSE
import OIDCLogic
import Synchronization
import Testing

@testable import Handlers

/// RFC 7517 §5, RFC 9111 §5.2.
struct JWKSCacheTests {
    private let server = ServerFixture()
    private let cache: JWKSCache
    private let uri: WebURI

    private static let key: JSON = [
        "kty": "OKP", "crv": "Ed25519", "kid": "one", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    ]

    init() throws {
        let server = server
        cache = JWKSCache(server, limit: 3) { server.now }
        uri = try #require(WebURI("https://app.example/jwks"))
        server.answer(200, kid: "one")
    }

    @Test func `a set is fetched once while it is fresh`() throws {
        for _ in 0..<5 { #expect(try cache.keys(at: uri).has(id: "one")) }
        #expect(server.calls == 1)
        server.now = server.now + JWKSFetch.usualMaxAge
        server.answer(200, kid: "two")
        #expect(try cache.keys(at: uri).has(id: "two"))
        #expect(server.calls == 2)
    }

    @Test(
        arguments: [
            (nil, JWKSFetch.usualMaxAge), ("max-age=600", 600), ("public, Max-Age=\"600\"", 600), ("max-age=1", 60),
            ("max-age=0", 60), ("max-age=99999999999", 86_400), ("max-age=99999999999999999999", 60), ("no-store", 60),
            ("max-age=600, no-cache", 60), ("max-age=-5", 60), ("max-age", JWKSFetch.usualMaxAge), ("max-age=x", 60),
            ("s-maxage=5", JWKSFetch.usualMaxAge),
        ] as [(String?, Int64)])
    func `Cache-Control says how long, within a minute and a day`(header: String?, seconds: Int64) {
        #expect(JWKSFetch.maxAge(header) == seconds)
    }

    @Test func `a missed key causes one fetch a minute`() throws {
        _ = try cache.keys(at: uri)
        server.answer(200, kid: "two")
        #expect(try cache.newerKeys(at: uri)?.has(id: "two") == true, "also right after the first")
        for _ in 0..<100 { #expect(try cache.newerKeys(at: uri)?.keys == nil) }
        #expect(server.calls == 2)
        server.now = server.now + JWKSCache.pause
        #expect(try cache.newerKeys(at: uri)?.keys != nil)
        #expect(server.calls == 3)
        #expect(try cache.keys(at: uri).has(id: "two"))
    }

    @Test func `a URI that is down is asked once a minute, and the old keys serve for a day`() throws {
        _ = try cache.keys(at: uri)
        server.fail(.unreachable("down"))
        server.now = server.now + JWKSFetch.usualMaxAge
        for _ in 0..<5 { #expect(try cache.keys(at: uri).has(id: "one")) }
        #expect(server.calls == 2)
        server.now = server.now + JWKSCache.pause
        #expect(try cache.keys(at: uri).has(id: "one"))
        #expect(server.calls == 3)
        server.now = server.now + JWKSCache.grace
        #expect(code { _ = try cache.keys(at: uri) } == .temporarilyUnavailable)
    }

    @Test func `a failure is remembered for a minute`() throws {
        server.fail(.unreachable("down"))
        for _ in 0..<5 { #expect(code { _ = try cache.keys(at: uri) } == .temporarilyUnavailable) }
        #expect(server.calls == 1)
        server.now = server.now + JWKSCache.pause
        server.answer(200, kid: "one")
        #expect(try cache.keys(at: uri).has(id: "one"))
    }

    @Test(arguments: [
        (OutboundError.unreachable("x"), OAuthError.Code.temporarilyUnavailable), (.busy, .temporarilyUnavailable),
        (.forbidden("x"), .invalidClient), (.tooLong, .invalidClient),
    ])
    func `what the client must mend is invalid_client, what may pass is not`(
        error: OutboundError, expected: OAuthError.Code
    ) {
        server.fail(error)
        #expect(code { _ = try cache.keys(at: uri) } == expected)
    }

    @Test(arguments: [301, 302, 307, 204, 401, 404, 206])
    func `only 200 is an answer, and no redirect is followed`(status: Int) {
        server.answer(status, kid: "one")
        #expect(code { _ = try cache.keys(at: uri) } == .invalidClient)
        #expect(server.calls == 1)
    }

    @Test(arguments: [429, 500, 502, 503])
    func `a server in trouble is asked again`(status: Int) {
        server.answer(status, kid: "one")
        #expect(code { _ = try cache.keys(at: uri) } == .temporarilyUnavailable)
    }

    @Test(arguments: ["", "<html>", "{}", #"{"keys":[{"kty":"oct","k":"AAEC"}]}"#])
    func `what is no set of public keys is invalid_client, and takes no keys away`(body: String) throws {
        server.answer(body: body)
        #expect(code { _ = try cache.keys(at: uri) } == .invalidClient)
        server.answer(200, kid: "one")
        server.now = server.now + JWKSCache.pause
        _ = try cache.keys(at: uri)
        server.answer(body: body)
        server.now = server.now + JWKSFetch.usualMaxAge
        #expect(try cache.keys(at: uri).has(id: "one"))
    }

    @Test func `that we are busy is not remembered`() throws {
        server.fail(.busy)
        #expect(code { _ = try cache.keys(at: uri) } == .temporarilyUnavailable)
        server.answer(200, kid: "one")
        #expect(try cache.keys(at: uri).has(id: "one"))
    }

    @Test func `the set that was used the longest ago makes room`() throws {
        let uris = try (0..<4).map { try #require(WebURI("https://app.example/\($0)")) }
        for uri in uris {
            _ = try cache.keys(at: uri)
            server.now = server.now + 1
        }
        #expect(server.calls == 4)
        _ = try cache.keys(at: uris[3])
        _ = try cache.keys(at: uris[1])
        #expect(server.calls == 4)
        _ = try cache.keys(at: uris[0])
        #expect(server.calls == 5)
    }

    @Test func `many at once cause one fetch, and wait for it`() throws {
        server.delay = 200
        let found = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { [cache, uri] _ in
            if (try? cache.keys(at: uri).has(id: "one")) == true { found.withLock { $0 += 1 } }
        }
        #expect(found.withLock { $0 } == 8)
        #expect(server.calls == 1)
    }

    @Test func `a clock that was set back makes nothing fresh`() throws {
        _ = try cache.keys(at: uri)
        server.now = server.now + -3600
        server.answer(200, kid: "two")
        #expect(try cache.keys(at: uri).has(id: "two"))
    }

    private func code(_ body: () throws -> Void) -> OAuthError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? OAuthError)?.code
        }
    }

    /// What stands at every URI.
    private final class ServerFixture: Outbound {
        private struct State {
            var now = Timestamp(1_800_000_000)
            var calls = 0
            var delay: UInt32 = 0
            var result: Result<OutboundAnswer, OutboundError> = .failure(.busy)
        }

        private let state = Mutex(State())

        var calls: Int { state.withLock(\.calls) }
        var now: Timestamp {
            get { state.withLock(\.now) }
            set { state.withLock { $0.now = newValue } }
        }
        /// In milliseconds.
        var delay: UInt32 {
            get { state.withLock(\.delay) }
            set { state.withLock { $0.delay = newValue } }
        }

        func fail(_ error: OutboundError) { state.withLock { $0.result = .failure(error) } }

        func answer(_ status: Int = 200, body: String) {
            let answer = OutboundAnswer(status: status, cacheControl: nil, body: Array(body.utf8))
            state.withLock { $0.result = .success(answer) }
        }

        func answer(_ status: Int, kid: String) {
            var key = JWKSCacheTests.key.objectValue ?? [:]
            key["kid"] = .string(kid)
            answer(status, body: JSON.object(["keys": .array([.object(key)])]).text)
        }

        func get(_ uri: WebURI, maximumBytes: Int) throws(OutboundError) -> OutboundAnswer {
            let (result, delay) = state.withLock { state in
                state.calls += 1
                return (state.result, state.delay)
            }
            if delay > 0 { DispatchSemaphore(value: 0).waitMilliseconds(delay) }
            return try result.get()
        }

        func waiting(_ wait: () -> Void) throws(OutboundError) { wait() }
    }
}

extension DispatchSemaphore {
    fileprivate func waitMilliseconds(_ milliseconds: UInt32) {
        _ = wait(timeout: .now() + .milliseconds(Int(milliseconds)))
    }
}
