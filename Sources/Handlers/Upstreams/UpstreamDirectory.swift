import JOSE
import Logging
import OIDCLogic
import Synchronization

/// The upstreams of this installation, those of the configuration and those of the store, with what they publish and what we prove to them who we are by.
struct UpstreamDirectory: Sendable {
    /// Those of the configuration, and how people come to them.
    let settings: UpstreamSettings
    let breaker: CircuitBreaker
    let secrets: [UpstreamName: UpstreamSecret]
    private let outbound: any Outbound
    private let stored: StoredUpstreams
    private let published: PublishedCache<WebURI, UpstreamMetadata>
    private let failedFetches = FailedFetches()

    init(
        _ settings: UpstreamSettings, secrets: [UpstreamName: UpstreamSecret], seal: Seal, outbound: any Outbound,
        log: Logger, now: @escaping Clock
    ) {
        self.settings = settings
        self.secrets = secrets
        self.outbound = outbound
        stored = StoredUpstreams(seal: seal, log: log)
        breaker = CircuitBreaker(now: now)
        published = PublishedCache(outbound, now: now) { [failedFetches] issuer, outbound throws(FetchFault) in
            failedFetches.note(issuer, failed: true)
            let (_, answer) = try outbound.discovery(of: issuer, maximumBytes: UpstreamMetadata.limit)
            failedFetches.note(issuer, failed: false)
            do throws(UpstreamMetadataFault) {
                return Fetched(
                    try UpstreamMetadata(parsing: answer.body, of: issuer), saying: answer.cacheControl)
            } catch {
                throw .useless("\(error)")
            }
        }
    }

    /// The same, of one that answers at this moment.
    ///
    /// - Parameter note: is told what others should know of how it answers.
    func present(
        _ upstream: Upstream, note: (UpstreamEvent) -> Void
    ) throws(UpstreamFault) -> UpstreamMetadata {
        let metadata = try metadata(of: upstream, note: note)
        guard upstream.oauth == nil else { return metadata }
        guard breaker.permits(upstream.name) else { throw .unreachable("it hasn't answered lately") }
        do throws(FetchFault) {
            _ = try outbound.discovery(of: upstream.issuer, maximumBytes: UpstreamMetadata.limit)
            breaker.note(upstream.name, answered: true).map(note)
        } catch {
            guard case .unreachable(let cause) = error else { return metadata }
            breaker.note(upstream.name, answered: false).map(note)
            throw .unreachable(cause)
        }
        return metadata
    }

    /// With those of the store.
    func options(adding declarations: [UpstreamDeclaration]) -> SignInOptions {
        declarations.isEmpty ? settings.options : settings.options.adding(stored.upstreams(declarations))
    }

    func secret(of upstream: Upstream) -> UpstreamSecret? {
        secrets[upstream.name] ?? stored.secret(of: upstream.name)
    }

    /// What it says of itself: as lately as its caching allows, and while it is down for as long as its word is good.
    ///
    /// - Parameter note: is told what others should know of how it answers.
    func metadata(
        of upstream: Upstream, note: (UpstreamEvent) -> Void
    ) throws(UpstreamFault) -> UpstreamMetadata {
        if let oauth = upstream.oauth { return UpstreamMetadata(of: oauth) }
        do throws(FetchFault) { return try published.value(at: upstream.issuer) } catch {
            switch error {
            case .busy: throw .unreachable("too many calls are under way")
            case .unreachable(let cause):
                if failedFetches.take(upstream.issuer) { breaker.note(upstream.name, answered: false).map(note) }
                throw .unreachable(cause)
            case .useless(let cause): throw .metadata(cause)
            }
        }
    }
}

/// Fetches of discovery documents that came to nothing, each taken once: whoever is refused because one is remembered has seen
/// no further failure.
private final class FailedFetches: Sendable {
    private let issuers = Mutex<Set<WebURI>>([])

    func note(_ issuer: WebURI, failed: Bool) {
        issuers.withLock { issuers in
            if failed { issuers.insert(issuer) } else { issuers.remove(issuer) }
        }
    }

    func take(_ issuer: WebURI) -> Bool { issuers.withLock { $0.remove(issuer) != nil } }
}

extension Provider {
    /// How people sign in, as of now: an upstream that an administrator adds is there at the next request.
    func signInOptions() throws -> SignInOptions {
        // Before what it is the generation of: what came in between is read once more at the next.
        let generation = try store.generation()
        return try knownSignInOptions.value(at: generation) {
            upstreams.options(adding: try store.upstreamDeclarations())
        }
    }

    /// What an upstream says of itself; that it doesn't answer is noted.
    func metadata(of upstream: Upstream) throws(UpstreamFault) -> UpstreamMetadata {
        try upstreams.metadata(of: upstream) { note($0, of: upstream.name) }
    }

    /// Tells administrators how it goes with an upstream.
    func note(_ event: UpstreamEvent, of upstream: UpstreamName) { store.note(event, of: upstream, at: now()) }
}
