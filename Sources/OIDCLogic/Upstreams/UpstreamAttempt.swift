import JOSE

/// A sign-in that has gone to an upstream. It travels there and back as `state` (RFC 6749 §10.12), sealed, and holds the
/// attempt that it belongs to: so what comes back is of this browser, of that upstream, and leads to the app that asked.
package struct UpstreamAttempt: Sendable {
    package let attempt: Attempt
    package let upstream: UpstreamName
    package let startedAt: Timestamp
    /// OpenID Connect Core §3.1.2.1.
    package let nonce: String
    /// RFC 7636 §4.1, as it goes to the token endpoint.
    package let codeVerifier: String
    /// Whose steps an administrator wants to see; nil: nobody does.
    package let trace: UpstreamTraceID?
    /// Whether it only looks, without a page, whether its user is signed in there still: where they aren't, they choose
    /// anew where they sign in.
    package let isSilent: Bool

    package init(
        _ attempt: Attempt, at upstream: UpstreamName, isSilent: Bool = false, trace: UpstreamTraceID? = nil,
        now: Timestamp, random: some RandomSource
    ) {
        self.attempt = attempt
        self.upstream = upstream
        startedAt = now
        self.isSilent = isSilent
        self.trace = trace
        nonce = Base64URL.encode(random.bytes(16))
        codeVerifier = Base64URL.encode(random.bytes(32))
    }

    /// Of what comes back, one answer is taken: this id is spent by it. A user may go to an upstream more than once in one
    /// attempt, so each time has an id of its own.
    package var id: AttemptID { AttemptID("\(attempt.id.value).\(nonce)") }

    /// RFC 7636 §4.2, by S256.
    package var codeChallenge: String { Base64URL.encode(Digest.sha256(Array(codeVerifier.utf8))) }
}

extension UpstreamAttempt {
    package func sealed(by seal: Seal) -> String {
        var content: [String: JSON] = [
            "attempt": attempt.content, "upstream": .string(upstream.value),
            "started_at": .integer(startedAt.seconds), "nonce": .string(nonce), "verifier": .string(codeVerifier),
        ]
        if isSilent { content["silent"] = true }
        content["trace"] = trace.map { .string($0.value) }
        return seal.seal(JSON.object(content).serialized(), purpose: .upstreamState)
    }

    /// Throws if it isn't one of ours.
    package init(sealed text: String, opening seal: Seal) throws {
        let content = try JSON(parsing: try seal.open(text, purpose: .upstreamState))
        guard let attempt = content["attempt"], let upstream = content["upstream"]?.stringValue,
            let startedAt = content["started_at"]?.integerValue, let nonce = content["nonce"]?.stringValue,
            let verifier = content["verifier"]?.stringValue
        else { throw SealError.unexpectedContent }
        self.attempt = try Attempt(content: attempt)
        self.upstream = UpstreamName(upstream)
        self.startedAt = Timestamp(startedAt)
        self.nonce = nonce
        codeVerifier = verifier
        isSilent = content["silent"]?.boolValue ?? false
        trace = content["trace"]?.stringValue.map { UpstreamTraceID($0) }
    }
}
