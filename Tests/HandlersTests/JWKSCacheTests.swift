import Dispatch
import JOSE
import Synchronization
import Testing

@testable import Handlers
@testable import OIDCLogic

/// RFC 7517 §5, RFC 9111 §5.2.
struct JWKSCacheTests {
    private let server = ServerFixture()
    private let cache: JWKSCache
    private let uri: KeyPlace

    private static let key: JSON = [
        "kty": "OKP", "crv": "Ed25519", "kid": "one", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    ]

    init() throws {
        let server = server
        cache = JWKSCache(server, limit: 3) { server.now }
        uri = .uri(try #require(WebURI("https://app.example/jwks")))
        server.answer(200, kid: "one")
    }

    @Test func `a set is fetched once while it is fresh`() throws {
        for _ in 0..<5 { #expect(try cache.keys(at: uri).has(id: "one")) }
        #expect(server.calls == 1)
        server.now = server.now + FetchAge.usual
        server.answer(200, kid: "two")
        #expect(try cache.keys(at: uri).has(id: "two"))
        #expect(server.calls == 2)
    }

    @Test(
        arguments: [
            (nil, FetchAge.usual), ("max-age=600", 600), ("public, Max-Age=\"600\"", 600), ("max-age=1", 60),
            ("max-age=0", 60), ("max-age=99999999999", 86_400), ("max-age=99999999999999999999", 60), ("no-store", 60),
            ("max-age=600, no-cache", 60), ("max-age=-5", 60), ("max-age", FetchAge.usual), ("max-age=x", 60),
            ("s-maxage=5", FetchAge.usual),
        ] as [(String?, Int64)])
    func `Cache-Control says how long, within a minute and a day`(header: String?, seconds: Int64) {
        #expect(FetchAge.seconds(header) == seconds)
    }

    @Test func `a missed key causes one fetch a minute`() throws {
        _ = try cache.keys(at: uri)
        server.answer(200, kid: "two")
        #expect(try cache.newerKeys(at: uri)?.has(id: "two") == true, "also right after the first")
        for _ in 0..<100 { #expect(try cache.newerKeys(at: uri)?.keys == nil) }
        #expect(server.calls == 2)
        server.now = server.now + PublishedTimes.pause
        #expect(try cache.newerKeys(at: uri)?.keys != nil)
        #expect(server.calls == 3)
        #expect(try cache.keys(at: uri).has(id: "two"))
    }

    @Test func `a new key under the id of the one before is fetched, and forgeries fetch no more than that`() throws {
        let (key, former) = (try SigningKey.generate(.es256), try SigningKey.generate(.es256))
        var members = former.publicKey.publicJWK.objectValue ?? [:]
        members["kid"] = .string(key.keyID)
        server.answer(body: JSON.object(["keys": [.object(members)]]).text)
        let text = try JWS.sign(header: "JWT", claims: ["sub": "amy"], key: key)
        func isVerified(_ text: String) throws -> Bool {
            try cache.verified(try UnverifiedJWS(text), at: uri, algorithm: .es256, type: "JWT") != nil
        }
        #expect(try !isVerified(text) && server.calls == 2, "it isn't there yet")
        server.answer(body: JSON.object(["keys": [key.publicKey.publicJWK]]).text)
        for _ in 0..<100 { #expect(try !isVerified(text)) }
        #expect(server.calls == 2, "at most once a minute")
        server.now = server.now + PublishedTimes.pause
        #expect(try isVerified(text) && server.calls == 3)
        let forged = String(text.dropLast(4)) + "AAAA"
        for _ in 0..<100 { #expect(try !isVerified(forged)) }
        #expect(server.calls == 3)
        server.now = server.now + PublishedTimes.pause
        for _ in 0..<100 { #expect(try !isVerified(forged)) }
        #expect(try isVerified(text) && server.calls == 4)

        server.fail(.unreachable("down"))
        server.now = server.now + FetchAge.usual
        #expect(try isVerified(text), "what was fetched serves while it is down")
        #expect(try !isVerified(forged), "and a forgery is one, which no waiting mends")
    }

    @Test func `a URI that is down is asked once a minute, and the old keys serve for a day`() throws {
        _ = try cache.keys(at: uri)
        server.fail(.unreachable("down"))
        server.now = server.now + FetchAge.usual
        for _ in 0..<5 { #expect(try cache.keys(at: uri).has(id: "one")) }
        #expect(server.calls == 2)
        server.now = server.now + PublishedTimes.pause
        #expect(try cache.keys(at: uri).has(id: "one"))
        #expect(server.calls == 3)
        server.now = server.now + PublishedTimes.grace
        #expect(code { _ = try cache.keys(at: uri) } == .unavailable)
    }

    @Test func `a failure is remembered for a minute`() throws {
        server.fail(.unreachable("down"))
        for _ in 0..<5 { #expect(code { _ = try cache.keys(at: uri) } == .unavailable) }
        #expect(server.calls == 1)
        server.now = server.now + PublishedTimes.pause
        server.answer(200, kid: "one")
        #expect(try cache.keys(at: uri).has(id: "one"))
    }

    @Test(arguments: [
        (OutboundError.unreachable("x"), Outcome.unavailable), (.busy, .unavailable),
        (.forbidden("x"), .useless), (.tooLong, .useless),
    ])
    func `what others must mend is useless, what may pass is not`(
        error: OutboundError, expected: Outcome
    ) {
        server.fail(error)
        #expect(code { _ = try cache.keys(at: uri) } == expected)
    }

    @Test(arguments: [301, 302, 307, 204, 401, 404, 206])
    func `only 200 is an answer, and no redirect is followed`(status: Int) {
        server.answer(status, kid: "one")
        #expect(code { _ = try cache.keys(at: uri) } == .useless)
        #expect(server.calls == 1)
    }

    @Test(arguments: [429, 500, 502, 503])
    func `a server in trouble is asked again`(status: Int) {
        server.answer(status, kid: "one")
        #expect(code { _ = try cache.keys(at: uri) } == .unavailable)
    }

    @Test(arguments: ["", "<html>", "{}", #"{"keys":[{"kty":"oct","k":"AAEC"}]}"#])
    func `what is no set of public keys is useless, and takes no keys away`(body: String) throws {
        server.answer(body: body)
        #expect(code { _ = try cache.keys(at: uri) } == .useless)
        server.answer(200, kid: "one")
        server.now = server.now + PublishedTimes.pause
        _ = try cache.keys(at: uri)
        server.answer(body: body)
        server.now = server.now + FetchAge.usual
        #expect(try cache.keys(at: uri).has(id: "one"))
    }

    @Test func `that we are busy is not remembered`() throws {
        server.fail(.busy)
        #expect(code { _ = try cache.keys(at: uri) } == .unavailable)
        server.answer(200, kid: "one")
        #expect(try cache.keys(at: uri).has(id: "one"))
    }

    @Test func `the set that was used the longest ago makes room`() throws {
        let uris = try (0..<4).map { KeyPlace.uri(try #require(WebURI("https://app.example/\($0)"))) }
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

    @Test func `an issuer's keys are where its discovery document says`() throws {
        let issuer = KeyPlace.issuer(try #require(WebURI("https://ci.example/path/")))
        let document = "https://ci.example/path/.well-known/openid-configuration"
        server.answer(
            body: #"{"issuer":"https://ci.example/path/","jwks_uri":"https://keys.example/jwks"}"#, at: document)
        server.answer(200, kid: "one")
        #expect(try cache.keys(at: issuer).has(id: "one"))
        #expect(server.asked == [document, "https://keys.example/jwks"])
        _ = try cache.keys(at: issuer)
        #expect(server.calls == 2)
        server.answer(200, kid: "two")
        #expect(try cache.newerKeys(at: issuer)?.has(id: "two") == true)
        #expect(server.calls == 4, "the document may name another place by now")
    }

    @Test(arguments: [
        #"{"issuer":"https://ci.example/","jwks_uri":"https://keys.example/jwks"}"#,
        #"{"issuer":"https://evil.example","jwks_uri":"https://keys.example/jwks"}"#,
        #"{"jwks_uri":"https://keys.example/jwks"}"#, #"{"issuer":"https://ci.example"}"#,
        #"{"issuer":"https://ci.example","jwks_uri":"/jwks"}"#, #"{"issuer":["https://ci.example"]}"#, "", "<html>",
    ])
    func `a document that names another issuer, or no keys, is useless`(document: String) throws {
        let issuer = KeyPlace.issuer(try #require(WebURI("https://ci.example")))
        server.answer(body: document, at: "https://ci.example/.well-known/openid-configuration")
        #expect(code { _ = try cache.keys(at: issuer) } == .useless)
        #expect(server.calls == 1, "and leads nowhere")
    }

    enum Outcome {
        case unavailable, useless
    }

    private func code(_ body: () throws -> Void) -> Outcome? {
        do {
            try body()
        } catch PublishedKeysFault.unavailable {
            return .unavailable
        } catch PublishedKeysFault.useless {
            return .useless
        } catch {}
        return nil
    }

    /// What stands at every URI, unless something else does.
    private final class ServerFixture: Outbound {
        private struct State {
            var now = Timestamp(1_800_000_000)
            var calls = 0
            var delay: UInt32 = 0
            var result: Result<OutboundAnswer, OutboundError> = .failure(.busy)
            var documents: [String: OutboundAnswer] = [:]
            var asked: [String] = []
        }

        private let state = Mutex(State())

        var calls: Int { state.withLock(\.calls) }
        var asked: [String] { state.withLock(\.asked) }
        var now: Timestamp {
            get { state.withLock(\.now) }
            set { state.withLock { $0.now = newValue } }
        }
        /// In milliseconds.
        var delay: UInt32 {
            get { state.withLock(\.delay) }
            set { state.withLock { $0.delay = newValue } }
        }

        /// Keys are never posted for.
        func post(_ fields: [(name: String, value: String)], to uri: WebURI) throws(OutboundError) -> Int {
            throw .unreachable("\(uri.value) takes no POST")
        }

        func fail(_ error: OutboundError) { state.withLock { $0.result = .failure(error) } }

        func answer(_ status: Int = 200, body: String) {
            let answer = OutboundAnswer(status: status, cacheControl: nil, body: Array(body.utf8))
            state.withLock { $0.result = .success(answer) }
        }

        /// At one URI alone.
        func answer(body: String, at uri: String) {
            let answer = OutboundAnswer(status: 200, cacheControl: nil, body: Array(body.utf8))
            state.withLock { $0.documents[uri] = answer }
        }

        func answer(_ status: Int, kid: String) {
            var key = JWKSCacheTests.key.objectValue ?? [:]
            key["kid"] = .string(kid)
            answer(status, body: JSON.object(["keys": .array([.object(key)])]).text)
        }

        func answer(to call: OutboundCall) throws(OutboundError) -> OutboundAnswer {
            let (result, delay) = state.withLock { state in
                state.calls += 1
                state.asked.append(call.uri.value)
                return (state.documents[call.uri.value].map(Result.success) ?? state.result, state.delay)
            }
            if delay > 0 { DispatchSemaphore(value: 0).waitMilliseconds(delay) }
            return try result.get()
        }

        func refuses(_ uri: WebURI) -> Bool { false }

        func waiting(_ wait: () -> Void) throws(OutboundError) { wait() }
    }
}

extension DispatchSemaphore {
    fileprivate func waitMilliseconds(_ milliseconds: UInt32) {
        _ = wait(timeout: .now() + .milliseconds(Int(milliseconds)))
    }
}
