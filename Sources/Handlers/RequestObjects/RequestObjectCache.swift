import JOSE
import OIDCLogic
import Synchronization

/// Request objects that clients publish, fetched when a request refers to one, and kept as OpenID Connect Core §6.2 lets
/// them be: what names its own digest doesn't change, of anything else `Cache-Control` says how long it is good.
///
/// What isn't to be kept is another's for each request, so nobody takes what was fetched for someone else. A server that
/// is slow has a few threads at most: who comes then is told to try again.
final class RequestObjectCache: PublishedRequestObjects {
    /// In seconds, however long it may be kept.
    static let longest: Int64 = 86_400
    /// In seconds: between two fetches after a failure.
    static let pause: Int64 = 5
    /// The same where nothing answered, which keeps a thread waiting each time.
    static let outage: Int64 = 60

    private let outbound: any Outbound
    /// Calls to one host that may be under way at once.
    private let callsPerHost: Int
    private let underWay = Mutex<[String: Int]>([:])
    private let cache: FetchCache<Result<String, OAuthError>>

    /// - Parameter limit: objects to keep.
    init(_ outbound: any Outbound, callsPerHost: Int, limit: Int = 128, now: @escaping Clock) {
        self.outbound = outbound
        self.callsPerHost = callsPerHost
        cache = FetchCache(limit: limit, now: now)
    }

    func requestObject(at uri: WebURI) throws(OAuthError) -> String {
        try cache.value(at: uri) { fetch(uri) }.get()
    }

    private func fetch(_ uri: WebURI) -> (value: Result<String, OAuthError>, maxAge: Int64) {
        let host = uri.host.lowercased()
        guard enter(host) else {
            let cause = "\(callsPerHost) calls to \(host) are under way, which is slow to answer"
            return (.failure(.temporarilyUnavailable(cause: cause)), 0)
        }
        defer { leave(host) }
        func refusal(
            _ text: StaticString, _ fault: RequestObjectFault.Fetch, _ cause: String
        ) -> Result<String, OAuthError> {
            .failure(.invalidRequestURI(text, cause: cause, detail: .requestObject(.fetch(fault))))
        }
        do throws(OutboundError) {
            let answer = try outbound.get(uri, maximumBytes: UnverifiedJWS.maximumBytes)
            guard answer.status == 200 else {
                let cause = "\(uri.value) answers \(answer.status)"
                return (refusal("what request_uri names doesn't answer 200", .status(answer.status), cause), Self.pause)
            }
            // A file ends with a line end.
            let text = String(decoding: answer.body, as: UTF8.self).filter { !$0.isWhitespace }
            return (.success(text), Self.maxAge(of: answer, at: uri))
        } catch {
            switch error {
            case .busy:
                // That says nothing of the URI.
                return (.failure(.temporarilyUnavailable(cause: "too many outbound calls are under way")), 0)
            case .unreachable(let cause), .unanswered(let cause):
                return (refusal("what request_uri names can't be reached", .unreachable, cause), Self.outage)
            case .forbidden(let cause):
                return (refusal("request_uri may not be fetched from here", .forbidden, cause), Self.pause)
            case .tooLong:
                return (refusal("what request_uri names is longer than 16 KiB", .tooLong, uri.value), Self.pause)
            }
        }
    }

    private func enter(_ host: String) -> Bool {
        underWay.withLock { calls in
            guard calls[host, default: 0] < callsPerHost else { return false }
            calls[host, default: 0] += 1
            return true
        }
    }

    private func leave(_ host: String) {
        underWay.withLock { calls in
            calls[host] = calls[host].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
    }

    private static func maxAge(of answer: OutboundAnswer, at uri: WebURI) -> Int64 {
        let digest = Base64URL.encode(Digest.sha256(answer.body))
        if let fragment = uri.fragment, fragment.utf8.elementsEqual(digest.utf8) { return longest }
        return min(CacheControl(answer.cacheControl).maxAge ?? 0, longest)
    }
}
