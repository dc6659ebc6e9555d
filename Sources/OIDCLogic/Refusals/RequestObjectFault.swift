/// Why a request object (RFC 9101, OpenID Connect Core §6) was not taken, in what may be written down: names, what is
/// registered, and of what its header and claims say only what is public in any case.
package enum RequestObjectFault: Sendable, Equatable {
    /// The client has registered nothing to sign with.
    case noKeys
    /// The client has registered no place that it publishes them at.
    case noPlace
    /// It is at none of the places registered.
    case elsewhere(RedactedURI)
    case fetch(Fetch)
    /// It is no JWT in compact form.
    case malformed
    case unsigned
    /// `came` is nil for what is no known algorithm.
    case algorithm(came: String?, expected: [String])
    /// Its `typ` is that of another kind of JWT.
    case type
    /// Its `kid` is none of the client's keys'.
    case unknownKey
    /// No key of the client, or not its secret, verifies it.
    case signature
    /// The client's secret is too short for its `alg`, or there is none.
    case secret
    /// What is at the client's `jwks_uri`, or registered as `jwks`, can't be used.
    case uselessKeys
    /// Its claims are no JSON object.
    case claimsMalformed
    case claim(ClaimMismatch)

    /// Of what `request_uri` names.
    package enum Fetch: Sendable, Equatable {
        case status(Int)
        case unreachable, forbidden, tooLong
    }
}

extension RequestObjectFault {
    private static let words: [(word: String, fault: Self)] = [
        ("no_keys", .noKeys), ("no_place", .noPlace), ("malformed", .malformed), ("unsigned", .unsigned),
        ("type", .type), ("unknown_key", .unknownKey), ("signature", .signature), ("secret", .secret),
        ("useless_keys", .uselessKeys), ("claims_malformed", .claimsMalformed),
        ("unreachable", .fetch(.unreachable)), ("forbidden", .fetch(.forbidden)), ("too_long", .fetch(.tooLong)),
    ]

    /// As ``RefusalDetail/json`` writes it.
    var stored: [String: String?] {
        switch self {
        case .elsewhere(let uri): ["fault": "elsewhere", "uri": uri.value]
        case .fetch(.status(let status)): ["fault": "status", "came": "\(status)"]
        case .algorithm(let came, let expected):
            ["fault": "algorithm", "came": came, "expected": expected.joined(separator: " ")]
        case .claim(let mismatch):
            ["fault": "claim", "claim": mismatch.claim, "came": mismatch.came, "expected": mismatch.expected]
        default: ["fault": Self.words.first { $0.fault == self }?.word]
        }
    }

    init?(stored text: (String) -> String?) {
        switch text("fault") {
        case "elsewhere": self = .elsewhere(RedactedURI(stored: text("uri") ?? ""))
        case "status": self = .fetch(.status(text("came").flatMap { Int($0) } ?? 0))
        case "algorithm":
            self = .algorithm(
                came: text("came"), expected: (text("expected") ?? "").split(separator: " ").map(String.init))
        case "claim":
            guard let claim = text("claim"), let expected = text("expected") else { return nil }
            self = .claim(ClaimMismatch(claim, came: text("came"), expected: expected))
        case let word:
            guard let known = Self.words.first(where: { $0.word == word }) else { return nil }
            self = known.fault
        }
    }
}
