import JOSE
import OIDCLogic
import Synchronization
import Testing

@testable import Handlers

/// OpenID Connect Core §6.2.
struct RequestObjectCacheTests {
    private let server = Server()
    private let cache: RequestObjectCache

    init() {
        let server = server
        cache = RequestObjectCache(server, callsPerHost: 2, limit: 2) { server.now }
    }

    @Test func `what may change is fetched each time`() throws {
        server.answer("one")
        #expect(try get() == "one")
        server.answer("two\n")
        #expect(try get() == "two")
    }

    @Test func `what says how long it is good is kept for so long, and a day at most`() throws {
        server.answer("one", cacheControl: "public, max-age=60")
        #expect(try get() == "one")
        server.answer("two", cacheControl: "max-age=999999")
        server.pass(59)
        #expect(try get() == "one")
        server.pass(1)
        #expect(try get() == "two")
        server.answer("three", cacheControl: "max-age=60, no-store")
        server.pass(86_399)
        #expect(try get() == "two")
        server.pass(1)
        #expect(try get() == "three")
        server.answer("four")
        #expect(try get() == "four")
    }

    @Test func `what names its own digest is kept, another version's name is another's`() throws {
        let one = "/r#" + Base64URL.encode(Digest.sha256(Array("one".utf8)))
        server.answer("one")
        #expect(try get(one) == "one")
        server.answer("two")
        server.pass(3600)
        #expect(try get(one) == "one")
        #expect(try get("/r#" + Base64URL.encode(Digest.sha256(Array("two".utf8)))) == "two")
        #expect(try get("/r#" + Base64URL.encode(Digest.sha256(Array("three".utf8)))) == "two")
        server.answer("three")
        #expect(
            try get("/r#" + Base64URL.encode(Digest.sha256(Array("three".utf8)))) == "three", "it wasn't its digest")
    }

    @Test func `only so many are kept`() throws {
        server.answer("one", cacheControl: "max-age=60")
        for path in ["/1", "/2", "/3"] {
            _ = try get(path)
            server.pass(1)
        }
        server.answer("two", cacheControl: "max-age=60")
        #expect(try get("/3") == "one")
        #expect(try get("/1") == "two")
    }

    @Test(
        arguments: [
            (.success(404), .invalidRequestURI), (.success(302), .invalidRequestURI),
            (.success(500), .invalidRequestURI),
            (.failure(.unreachable("")), .invalidRequestURI), (.failure(.forbidden("")), .invalidRequestURI),
            (.failure(.tooLong), .invalidRequestURI), (.failure(.busy), .temporarilyUnavailable),
        ] as [(Result<Int, OutboundError>, OAuthError.Code)])
    func `what can't be had is told, and not asked for again at once`(
        fault: Result<Int, OutboundError>, code: OAuthError.Code
    ) throws {
        server.answer(fault.map { OutboundAnswer(status: $0, cacheControl: "max-age=60", body: []) })
        #expect(throws: OAuthError.self) { try get() }
        do { _ = try get() } catch let error as OAuthError { #expect(error.code == code) }
        #expect(server.calls == (code == .temporarilyUnavailable ? 2 : 1))
        server.answer("one")
        let isOutage = if case .failure(.unreachable) = fault { true } else { false }
        let wait = isOutage ? RequestObjectCache.outage : RequestObjectCache.pause
        server.pass(wait - 1)
        if code == .invalidRequestURI { #expect(throws: OAuthError.self) { try get() } }
        server.pass(1)
        #expect(try get() == "one")
    }

    @Test func `a host that is slow keeps a few calls, and others go on`() throws {
        server.answer("one")
        let answers = Answers()
        let ask: @Sendable (String) -> Void = { [cache] uri in
            do {
                answers.append(try cache.requestObject(at: try WebURI(uri).orThrow("no URI")))
            } catch {
                answers.append((error as? OAuthError)?.code.rawValue ?? "\(error)")
            }
        }
        server.meanwhile { server in
            server.meanwhile { _ in
                ask("https://app.example/third")
                ask("https://other.example/r")
            }
            ask("https://APP.example/second")
        }
        #expect(try get("/first") == "one")
        #expect(answers.all == ["temporarily_unavailable", "one", "one"])
        #expect(try get("/third") == "one", "and it was not held against it")
    }

    private func get(_ path: String = "/r") throws -> String {
        try cache.requestObject(at: try WebURI("https://app.example" + path).orThrow("no URI"))
    }
}

private final class Answers: Sendable {
    private let answers = Mutex<[String]>([])

    var all: [String] { answers.withLock { $0 } }

    func append(_ answer: String) { answers.withLock { $0.append(answer) } }
}

private final class Server: Outbound {
    private struct State {
        var now = HandlerFixture.noon
        var answer: Result<OutboundAnswer, OutboundError> = .failure(.unreachable(""))
        var calls = 0
    }

    private let state = Mutex(State())
    private let interruption = Mutex<(@Sendable (Server) -> Void)?>(nil)

    var now: Timestamp { state.withLock(\.now) }
    var calls: Int { state.withLock(\.calls) }

    func pass(_ seconds: Int64) { state.withLock { $0.now = $0.now + seconds } }

    func answer(_ body: String, cacheControl: String? = nil) {
        answer(.success(OutboundAnswer(status: 200, cacheControl: cacheControl, body: Array(body.utf8))))
    }

    /// Does something during the next call.
    func meanwhile(_ body: @escaping @Sendable (Server) -> Void) { interruption.withLock { $0 = body } }

    func answer(_ answer: Result<OutboundAnswer, OutboundError>) { state.withLock { $0.answer = answer } }

    func answer(to call: OutboundCall) throws(OutboundError) -> OutboundAnswer {
        let answer = state.withLock { state in
            state.calls += 1
            return state.answer
        }
        let body = interruption.withLock { interruption in
            defer { interruption = nil }
            return interruption
        }
        body?(self)
        return try answer.get()
    }

    func post(_ fields: [(name: String, value: String)], to uri: WebURI) throws(OutboundError) -> Int {
        throw .unreachable("nothing is posted here")
    }

    func refuses(_ uri: WebURI) -> Bool { false }

    func waiting(_ wait: () -> Void) throws(OutboundError) { wait() }
}
