import JOSE
import OIDCLogic

/// One fetch of a key set from where a client publishes it (RFC 7517 §5).
struct JWKSFetch {
    /// Why there is no set.
    enum Fault: Error {
        /// This process has too many calls under way; that says nothing of the URI.
        case busy
        /// It may be there in a while.
        case unreachable(String)
        /// What is there can't be used, and asking again mends nothing.
        case useless(String)
    }

    /// In seconds, whatever a client says.
    static let maxAges: ClosedRange<Int64> = 60...86_400
    /// In seconds, where it says nothing.
    static let usualMaxAge: Int64 = 3600

    let set: JWKSet
    /// In seconds: for how long it is fresh.
    let maxAge: Int64

    init(_ uri: WebURI, by outbound: any Outbound) throws(Fault) {
        let answer: OutboundAnswer
        do throws(OutboundError) { answer = try outbound.get(uri, maximumBytes: JWKSet.maximumBytes) } catch {
            switch error {
            case .busy: throw .busy
            case .unreachable(let cause): throw .unreachable(cause)
            case .forbidden(let cause): throw .useless(cause)
            case .tooLong: throw .useless("\(uri.value) answers more than \(JWKSet.maximumBytes) bytes")
            }
        }
        switch answer.status {
        case 200: break
        case 429, 500...599: throw .unreachable("\(uri.value) answers \(answer.status)")
        default: throw .useless("\(uri.value) answers \(answer.status)")
        }
        do throws(JWKError) { set = try JWKSet(parsing: answer.body) } catch {
            throw .useless("what \(uri.value) answers is no set of public keys: \(error)")
        }
        maxAge = Self.maxAge(answer.cacheControl)
    }

    /// RFC 9111 §5.2.2, within ``maxAges``.
    static func maxAge(_ cacheControl: String?) -> Int64 {
        var maxAge = usualMaxAge
        for directive in (cacheControl ?? "").split(separator: ",") {
            let parts = directive.split(separator: "=", maxSplits: 1).map { part in
                part.filter { $0 != " " && $0 != "\t" && $0 != "\"" }.lowercased()
            }
            switch parts.first {
            case "no-store", "no-cache": return maxAges.lowerBound
            case "max-age" where parts.count == 2: maxAge = Int64(parts[1]) ?? maxAges.lowerBound
            default: break
            }
        }
        return min(max(maxAge, maxAges.lowerBound), maxAges.upperBound)
    }
}

extension OAuthError {
    init(_ fault: JWKSFetch.Fault) {
        self =
            switch fault {
            case .busy: .temporarilyUnavailable(cause: "too many outbound calls are under way")
            case .unreachable(let cause): .temporarilyUnavailable(cause: "a client's keys can't be fetched: \(cause)")
            case .useless(let cause):
                .invalidClient("the keys at the client's jwks_uri can't be used", cause: cause)
            }
    }
}
