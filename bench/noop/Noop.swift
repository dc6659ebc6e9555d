import FCGIBridge
import Glibc

/// Handlers that do next to nothing: what the bridge costs by itself, and what its tests look at.
enum Noop {
    static func run() -> Int32 {
        var threads = 8
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            guard argument == "--threads", let number = arguments.popFirst().flatMap({ Int($0) }), number > 0 else {
                say("usage: noop-fcgi [--threads N]")
                return 64
            }
            threads = number
        }
        return Server(threads: threads, log: log, failure: failure, endpoints: endpoints).run()
    }

    private static let text: HeaderValue = "text/plain; charset=utf-8"

    private static func endpoints(worker: Int) throws -> [String: Endpoint] {
        if unsafe getenv("NOOP_REFUSE_TO_START") != nil { throw Refusal() }
        return [
            "noop": Endpoint(methods: [.get, .post]) { _ in
                Response(contentType: text, body: "ok\n")
            },
            "empty": Endpoint(methods: [.get, .post]) { _ in Response(status: .noContent) },
            "echo": Endpoint(methods: [.get, .post, .put, .delete]) { request in
                Response(contentType: "application/json", body: Echo.json(of: request))
            },
            "big": Endpoint(methods: [.get]) { request in
                let count = Int(request.query) ?? 0
                return Response(contentType: text, body: (0..<count).map { UInt8(0x30 + $0 % 10) })
            },
            "headers": Endpoint(methods: [.get]) { request in
                var response = Response(contentType: text, body: "ok\n")
                for number in 0..<(Int(request.query) ?? 0) {
                    response.append(.vary, HeaderValue(1_000_000 + number))
                }
                return response
            },
            "slow": Endpoint(methods: [.get, .post]) { request in
                usleep((UInt32(request.query) ?? 0) * 1000)
                return Response(contentType: text, body: "slow\n")
            },
            "throw": Endpoint(methods: [.get, .post]) { _ in throw Refusal() },
        ]
    }

    private static func failure(_ failure: Failure, _ head: RequestHead) -> Response {
        Response(status: failure.status, contentType: text, body: "\(failure.status.reason) \(head.id)\n")
    }

    private static func log(_ event: ServerEvent) {
        switch event {
        case .failed(let failure, let head): say("\(failure) at handler \(head.handler), request \(head.id)")
        case .workerFailed: say("a worker could not begin")
        case .systemError(let call, let number): say("\(call) failed: \(number)")
        case .draining: say("draining")
        case .drainCutShort(let open): say("drain cut short, \(open) open")
        }
    }

    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        unsafe write(STDERR_FILENO, bytes, bytes.count)
    }

    private struct Refusal: Error {}
}
