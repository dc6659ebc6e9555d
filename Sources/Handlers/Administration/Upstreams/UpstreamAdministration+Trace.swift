import JOSE
import OIDCLogic

extension UpstreamAdministration {
    /// Makes a link by which one sign-in is traced: whoever follows it, in the next quarter of an hour. The one before, if
    /// there is one, is no more.
    ///
    /// Throws ``AdministrationError`` if there is no such upstream.
    package func trace(_ name: String) throws -> (link: String, expiresAt: Timestamp) {
        let upstream = try upstream(name)
        let random = SystemRandom()
        let token = UpstreamTraceToken(random: random)
        let trace = UpstreamTrace(
            id: UpstreamTraceID(Base32.encode(random.bytes(10))), upstream: upstream.name, digest: token.digest,
            startedAt: now(), expiresAt: now() + UpstreamTrace.lifetime)
        try store.start(trace)
        return (UpstreamTraceLink.address(token, of: upstream.name, issuer: issuer), trace.expiresAt)
    }

    /// Nil: there is none, or its time is over. Throws ``AdministrationError`` if there is no such upstream.
    package func shownTrace(_ name: String) throws -> UpstreamTrace? {
        try store.upstreamTrace(of: upstream(name).name, at: now())
    }

    /// Forgets it. False: there was none.
    package func endTrace(_ name: String) throws -> Bool {
        try store.removeUpstreamTrace(of: upstream(name).name)
    }
}

extension UpstreamTrace {
    /// What there is of it.
    package var state: String {
        if let outcome { return outcome.rawValue }
        return begunAt == nil ? "waiting" : "under way"
    }

    package var json: JSON {
        [
            "upstream": .string(upstream.value), "state": .string(state), "started_at": .integer(startedAt.seconds),
            "expires_at": .integer(expiresAt.seconds), "steps": .array(steps.map(\.json)),
        ]
    }
}
