import OIDCLogic

/// The upstreams of this installation, with what they publish and what we prove to them who we are by.
struct UpstreamDirectory: Sendable {
    let options: SignInOptions
    let breaker: CircuitBreaker
    private let secrets: [UpstreamName: UpstreamSecret]
    private let outbound: any Outbound
    private let published: PublishedCache<WebURI, UpstreamMetadata>

    init(
        _ options: SignInOptions, secrets: [UpstreamName: UpstreamSecret], outbound: any Outbound, now: @escaping Clock
    ) {
        self.options = options
        self.secrets = secrets
        self.outbound = outbound
        breaker = CircuitBreaker(now: now)
        published = PublishedCache(outbound, now: now) { issuer, outbound throws(FetchFault) in
            let (_, answer) = try outbound.discovery(of: issuer, maximumBytes: UpstreamMetadata.limit)
            do throws(UpstreamMetadataFault) {
                return Fetched(
                    try UpstreamMetadata(parsing: answer.body, of: issuer), saying: answer.cacheControl)
            } catch {
                throw .useless("\(error)")
            }
        }
    }

    /// The same, of one that answers at this moment.
    func present(_ upstream: Upstream) throws(UpstreamFault) -> UpstreamMetadata {
        let metadata = try metadata(of: upstream)
        guard upstream.oauth == nil else { return metadata }
        guard breaker.permits(upstream.name) else { throw .unreachable("it hasn't answered lately") }
        do throws(FetchFault) {
            _ = try outbound.discovery(of: upstream.issuer, maximumBytes: UpstreamMetadata.limit)
            breaker.note(upstream.name, answered: true)
        } catch {
            guard case .unreachable(let cause) = error else { return metadata }
            breaker.note(upstream.name, answered: false)
            throw .unreachable(cause)
        }
        return metadata
    }

    func secret(of upstream: Upstream) -> UpstreamSecret? { secrets[upstream.name] }

    /// What it says of itself: as lately as its caching allows, and while it is down for as long as its word is good.
    func metadata(of upstream: Upstream) throws(UpstreamFault) -> UpstreamMetadata {
        if let oauth = upstream.oauth { return UpstreamMetadata(of: oauth) }
        do throws(FetchFault) { return try published.value(at: upstream.issuer) } catch {
            switch error {
            case .busy: throw .unreachable("too many calls are under way")
            case .unreachable(let cause): throw .unreachable(cause)
            case .useless(let cause): throw .metadata(cause)
            }
        }
    }
}
