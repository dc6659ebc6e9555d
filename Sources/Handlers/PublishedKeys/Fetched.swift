import OIDCLogic

/// What was fetched from where it is published.
struct Fetched<Value: Sendable>: Sendable {
    let value: Value
    /// In seconds: for how long it is fresh.
    let maxAge: Int64

    /// - Parameter longest: in seconds, whatever the other server says.
    init(_ value: Value, saying cacheControl: String?, longest: Int64 = .max) {
        self.value = value
        maxAge = min(FetchAge.seconds(cacheControl), longest)
    }
}

/// For how long a server's answer is fresh.
enum FetchAge {
    /// In seconds, whatever the other server says.
    static let bounds: ClosedRange<Int64> = 60...86_400
    /// In seconds, where it says nothing.
    static let usual: Int64 = 3600

    /// RFC 9111 §5.2.2, within ``bounds``.
    static func seconds(_ cacheControl: String?) -> Int64 {
        min(max(CacheControl(cacheControl).maxAge ?? usual, bounds.lowerBound), bounds.upperBound)
    }
}

/// Why there is nothing.
enum FetchFault: Error, Sendable {
    /// This process has too many calls under way; that says nothing of the place.
    case busy
    /// It may be there in a while.
    case unreachable(String)
    /// What is there can't be used, and asking again mends nothing.
    case useless(String)
}

extension Outbound {
    /// What is published there.
    func published(_ uri: WebURI, maximumBytes: Int) throws(FetchFault) -> OutboundAnswer {
        let answer: OutboundAnswer
        do throws(OutboundError) { answer = try get(uri, maximumBytes: maximumBytes) } catch {
            switch error {
            case .busy: throw .busy
            case .unreachable(let cause), .unanswered(let cause): throw .unreachable(cause)
            case .forbidden(let cause): throw .useless(cause)
            case .tooLong: throw .useless("\(uri.value) answers more than \(maximumBytes) bytes")
            }
        }
        switch answer.status {
        case 200: return answer
        case 429, 500...599: throw .unreachable("\(uri.value) answers \(answer.status)")
        default: throw .useless("\(uri.value) answers \(answer.status)")
        }
    }

    /// An issuer's discovery document (OpenID Connect Discovery §4.1).
    func discovery(of issuer: WebURI, maximumBytes: Int) throws(FetchFault) -> (uri: WebURI, answer: OutboundAnswer) {
        let base = issuer.value.hasSuffix("/") ? String(issuer.value.dropLast()) : issuer.value
        guard let uri = WebURI(base + DiscoveryAddress.path) else {
            throw .useless("\(issuer.value) is too long")
        }
        return (uri, try published(uri, maximumBytes: maximumBytes))
    }
}

/// Where an issuer publishes its discovery document (OpenID Connect Discovery §4).
enum DiscoveryAddress {
    static let path = "/.well-known/openid-configuration"

    /// The issuer that is meant by this text: providers show its address, or that of its document.
    static func issuer(writtenAs text: String) -> String {
        text.hasSuffix(path) ? String(text.dropLast(path.count)) : text
    }
}
