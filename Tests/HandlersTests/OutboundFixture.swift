import Handlers
import OIDCLogic
import Synchronization
import Testing

/// Servers of others, as a test wants them. One that isn't there can't be reached.
final class OutboundFixture: Outbound {
    private struct Contents {
        var answers: [String: Result<OutboundAnswer, OutboundError>] = [:]
        var calls: [String] = []
        var posted: [(uri: String, fields: [String: String])] = []
        var meanwhile: [String: @Sendable () throws -> Void] = [:]
    }

    private let contents = Mutex(Contents())

    /// The addresses that were called, in order.
    var calls: [String] { contents.withLock { $0.calls } }

    /// - Parameter uri: without a query, whatever the query is.
    func publish(
        _ body: String, status: Int = 200, type: String? = nil, location: String? = nil, isRateLimited: Bool = false,
        at uri: String
    ) {
        let answer = OutboundAnswer(
            status: status, cacheControl: nil, body: Array(body.utf8), contentType: type, location: location,
            isRateLimited: isRateLimited)
        contents.withLock { $0.answers[uri] = .success(answer) }
    }

    func fail(_ error: OutboundError, at uri: String) { contents.withLock { $0.answers[uri] = .failure(error) } }

    /// What happens elsewhere while the next call there is under way.
    func meanwhile(at uri: String, _ body: @escaping @Sendable () throws -> Void) {
        contents.withLock { $0.meanwhile[uri] = body }
    }

    func answer(to call: OutboundCall) throws(OutboundError) -> OutboundAnswer {
        let uri = call.uri.value
        do { try contents.withLock { $0.meanwhile.removeValue(forKey: uri) }?() } catch { Issue.record(error) }
        let result = contents.withLock { contents in
            contents.calls.append(uri)
            if let form = call.form { contents.posted.append((uri, Dictionary(form) { _, last in last })) }
            return contents.answers[uri] ?? contents.answers[String(uri.prefix { $0 != "?" })]
                ?? .failure(.unreachable("\(uri): no such server"))
        }
        let answer = try result.get()
        guard answer.body.count <= call.maximumBytes else { throw .tooLong }
        return answer
    }

    /// What was posted, in order.
    var posted: [(uri: String, fields: [String: String])] { contents.withLock { $0.posted } }

    func post(_ fields: [(name: String, value: String)], to uri: WebURI) throws(OutboundError) -> Int {
        let result = contents.withLock { contents in
            contents.posted.append((uri.value, Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })))
            return contents.answers[uri.value] ?? .failure(.unreachable("\(uri.value): no such server"))
        }
        return try result.get().status
    }

    /// Here 10.0.0.1 alone.
    func refuses(_ uri: WebURI) -> Bool { uri.host == "10.0.0.1" }

    func waiting(_ wait: () -> Void) throws(OutboundError) { wait() }
}

extension SectorRule {
    static func fixture(_ outbound: OutboundFixture = OutboundFixture()) -> SectorRule { SectorRule(outbound) }
}
