import Synchronization
import Testing

@testable import FCGIBridge

@Suite struct DispatchTests {
    /// A body from memory that tells whether it was read to its end.
    private final class Memory: BodySource {
        var rest: ArraySlice<UInt8>
        var breaksOff = false
        var sawEnd = false

        init(_ bytes: [UInt8]) { rest = bytes[...] }

        @unsafe func read(into buffer: UnsafeMutableRawBufferPointer) throws(ConnectionLost) -> Int {
            let piece = rest.prefix(buffer.count)
            unsafe buffer.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            if piece.count < buffer.count {
                if breaksOff { throw ConnectionLost() }
                sawEnd = true
            }
            return piece.count
        }
    }

    private struct Oops: Error {}

    private let dispatch = Dispatch(
        endpoints: [
            "both": Endpoint(methods: [.get, .post], bodyLimit: 10) {
                Response(contentType: "text/plain", body: Array($0.method.rawValue.utf8) + $0.body)
            },
            "post": Endpoint(methods: [.post]) { _ in Response(status: .noContent) },
            "head": Endpoint(methods: [.head]) { _ in Response(contentType: "text/plain", body: "x") },
            "throws": Endpoint(methods: [.get]) { _ in throw Oops() },
            "wide": Endpoint(methods: [.get]) { _ in
                var response = Response(status: .ok)
                response[.location] = HeaderValue(String(repeating: "a", count: 4096))
                return response
            },
        ],
        failure: { failure, head in
            Response(status: failure.status, contentType: "text/plain", body: head.id)
        },
        log: { _ in })

    private func answer(
        _ handler: String?, _ method: String = "GET", length: String? = nil, body: Memory = Memory([])
    ) throws -> (response: Response, block: String) {
        var variables = [(name: "REQUEST_METHOD", value: method), (name: "REQUEST_ID", value: "0123456789abcdef")]
        if let handler { variables.append(("POSTERN_HANDLER", handler)) }
        if let length { variables.append(("CONTENT_LENGTH", length)) }
        var block: [UInt8] = []
        let response = try dispatch.answer(MetaVariables(variables), body: body, block: &block)
        return (response, String(decoding: block, as: UTF8.self))
    }

    @Test(
        arguments: [
            ("GET", "0", [], 200), ("POST", "3", [1, 2, 3], 200), ("POST", "10", [UInt8](repeating: 1, count: 10), 200),
            ("POST", "11", [UInt8](repeating: 1, count: 11), 413), ("POST", "3", [1, 2, 3, 4], 413),
            ("POST", nil, [1], 413), ("POST", "", [], 200), ("POST", "3", [1, 2], 400), ("POST", "-1", [1], 400),
            ("POST", "1e1", [1], 400), ("POST", " 1", [1], 400), ("POST", "+1", [1], 400),
            ("POST", "9999999999999999999999", [1], 400), ("POST", "999999999999999999", [1], 413),
            ("POST", "40000", [UInt8](repeating: 1, count: 40_000), 413), ("PUT", "1", [1], 405), ("get", "0", [], 405),
            ("", "0", [], 405),
        ] as [(String, String?, [UInt8], Int)])
    func `the body is read to its end, whatever the answer`(
        method: String, length: String?, bytes: [UInt8], status: Int
    ) throws {
        let body = Memory(bytes)
        #expect(try answer("both", method, length: length, body: body).response.status.code == status)
        #expect(body.sawEnd && body.rest.isEmpty)
    }

    @Test(arguments: [nil, "", "BOTH", "nobody", "../both"])
    func `an unknown handler is 404 and its body is read`(handler: String?) throws {
        let body = Memory([UInt8](repeating: 1, count: 100_000))
        #expect(try answer(handler, "POST", length: "100000", body: body).response.status == .notFound)
        #expect(body.sawEnd && body.rest.isEmpty)
    }

    @Test func `a body that breaks off is not answered`() {
        for length in ["3", "2", "100"] {
            let body = Memory([1, 2])
            body.breaksOff = true
            #expect(throws: ConnectionLost.self) { try answer("both", "POST", length: length, body: body) }
        }
    }

    @Test func `HEAD has the headers of GET and no body`() throws {
        let get = try answer("both")
        let head = try answer("both", "HEAD")
        #expect(head.block == get.block)
        #expect(get.response.body == Array("GET".utf8))
        #expect(head.response.body.isEmpty)
    }

    @Test func `HEAD is refused where GET is, without a body`() throws {
        let refused = try answer("post", "HEAD")
        #expect(refused.response.status == .methodNotAllowed)
        #expect(refused.response.body.isEmpty)
    }

    @Test func `an endpoint of its own for HEAD has no body either`() throws {
        let head = try answer("head", "HEAD")
        #expect(head.response.body.isEmpty)
        #expect(head.block.contains("Content-Length: 1\r\n"))
    }

    @Test(arguments: [
        ("both", "PUT", "GET, HEAD, POST"), ("post", "GET", "POST"), ("both", "OPTIONS", "GET, HEAD, POST"),
    ])
    func `a wrong method is told the right ones`(handler: String, method: String, allow: String) throws {
        let refused = try answer(handler, method)
        #expect(refused.response.status == .methodNotAllowed)
        #expect(refused.response[.allow]?.text == allow)
    }

    @Test func `a handler that throws is a 500 with the request's id`() throws {
        let failed = try answer("throws").response
        #expect(failed.status == .internalServerError)
        #expect(failed.body == Array("0123456789ab".utf8))
    }

    @Test func `a header block that nginx would refuse is a 500`() throws {
        let wide = try answer("wide")
        #expect(wide.response.status == .internalServerError)
        #expect(wide.block.hasPrefix("Status: 500"))
        #expect(wide.response[.location] == nil)
    }

    // The answer shows the request's id: whoever is told of it finds it in the log.
    @Test(
        arguments: [
            ("nobody", "GET", "0", 0, "unknownHandler"), ("both", "PUT", "0", 0, "methodNotAllowed"),
            ("both", "POST", "x", 0, "malformedContentLength"), ("both", "POST", "3", 2, "incompleteBody"),
            ("both", "POST", "99", 99, "bodyTooLarge"), ("throws", "GET", "0", 0, "threw"),
            ("wide", "GET", "0", 0, "headersTooLarge"), ("both", "GET", "0", 0, nil),
        ] as [(String, String, String, Int, String?)])
    func `whatever is answered in a handler's place is logged`(
        handler: String, method: String, length: String, count: Int, event: String?
    ) throws {
        let logged = Mutex<[String]>([])
        let dispatch = Dispatch(endpoints: dispatch.endpoints, failure: dispatch.failure) { event in
            guard case .failed(let failure, let head) = event else { return }
            logged.withLock { $0.append("\(failure) \(head.id) \(head.remoteAddress) \(head.header("X-Y") ?? "-")") }
        }
        let variables = MetaVariables([
            (name: "REQUEST_METHOD", value: method), (name: "REQUEST_ID", value: "0123456789abcdef"),
            (name: "POSTERN_HANDLER", value: handler), (name: "CONTENT_LENGTH", value: length),
            (name: "REMOTE_ADDR", value: "192.0.2.1"), (name: "HTTP_X_Y", value: "z"),
        ])
        var block: [UInt8] = []
        _ = try dispatch.answer(variables, body: Memory([UInt8](repeating: 1, count: count)), block: &block)
        let lines = logged.withLock { $0 }
        #expect(lines.count == (event == nil ? 0 : 1))
        #expect(lines.allSatisfy { $0.hasPrefix(event ?? "") && $0.hasSuffix("0123456789ab 192.0.2.1 z") })
    }
}
