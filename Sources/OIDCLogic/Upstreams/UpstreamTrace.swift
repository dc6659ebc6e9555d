import JOSE

/// What an administrator is told of one sign-in at an upstream, step by step. Whoever has its link begins that sign-in; the
/// link serves once. All of it is forgotten after ``lifetime``.
package struct UpstreamTrace: Sendable, Equatable {
    package let id: UpstreamTraceID
    package let upstream: UpstreamName
    /// Of what its link ends in.
    package let digest: [UInt8]
    package let startedAt: Timestamp
    package let expiresAt: Timestamp
    /// When somebody has used the link; nil: nobody has.
    package let begunAt: Timestamp?
    /// When the sign-in came to its end, whatever end; nil: it has not.
    package let endedAt: Timestamp?
    package let steps: [Step]

    /// In seconds.
    package static let lifetime: Int64 = 15 * 60
    /// In bytes, of the steps' JSON.
    package static let limit = 64 * 1024

    package init(
        id: UpstreamTraceID, upstream: UpstreamName, digest: [UInt8], startedAt: Timestamp, expiresAt: Timestamp,
        begunAt: Timestamp? = nil, endedAt: Timestamp? = nil, steps: [Step] = []
    ) {
        self.id = id
        self.upstream = upstream
        self.digest = digest
        self.startedAt = startedAt
        self.expiresAt = expiresAt
        self.begunAt = begunAt
        self.endedAt = endedAt
        self.steps = steps
    }

    /// What it came to; nil: it has not ended, or nobody noted how.
    package var outcome: Outcome? { steps.last?.outcome }

    package enum Outcome: String, Sendable {
        case signedIn = "signed in"
        case refused
    }

    /// What was done, and what came of it. Whoever notes it has cut out what is secret.
    package struct Step: Sendable, Equatable {
        package let at: Timestamp
        package let what: String
        package let details: JSON
        /// What it is the end with.
        package let outcome: Outcome?

        /// - Parameter details: what is too long of it is left out, and said to be.
        package init(at: Timestamp, _ what: String, _ details: JSON = .null, outcome: Outcome? = nil) {
            self.at = at
            self.what = TraceLength.shortened(what, to: TraceLength.what)
            self.outcome = outcome
            self.details = TraceLength.fitting(details, TraceLength.details)
        }
    }
}

package enum UpstreamTraceKind {}
package typealias UpstreamTraceID = Identifier<UpstreamTraceKind>
/// What the link ends in.
package typealias UpstreamTraceToken = OpaqueToken<UpstreamTraceKind>

extension UpstreamTrace.Step {
    /// It is what kept the user out.
    package var isFault: Bool { outcome == .refused }

    package var json: JSON {
        var members: [String: JSON] = ["at": .integer(at.seconds), "what": .string(what), "fault": .bool(isFault)]
        members["outcome"] = outcome.map { .string($0.rawValue) }
        if details != .null { members["details"] = details }
        return .object(members)
    }

    /// Nil for what is none.
    package init?(stored json: JSON) {
        guard let at = json["at"]?.integerValue, let what = json["what"]?.stringValue,
            case .bool(let isFault) = json["fault"]
        else { return nil }
        let outcome = json["outcome"]?.stringValue.flatMap(UpstreamTrace.Outcome.init)
        self.init(at: Timestamp(at), what, json["details"] ?? .null, outcome: isFault ? .refused : outcome)
    }
}

package protocol UpstreamTraceStore {
    /// In the place of the one that the upstream had.
    func start(_ trace: UpstreamTrace) throws
    /// Begins it. Nil: its link was used before, its time is over, or there is none.
    func beginUpstreamTrace(digest: [UInt8], at now: Timestamp) throws -> UpstreamTrace?
    /// Nil: there is none, or its time is over.
    func upstreamTrace(of upstream: UpstreamName, at now: Timestamp) throws -> UpstreamTrace?
    /// Adds steps to those that are there, as ``UpstreamTrace/fitting(_:)`` keeps them. It ends with one that has an outcome;
    /// nothing happens to one that is no more, or has ended.
    func record(_ steps: [UpstreamTrace.Step], of trace: UpstreamTraceID, at now: Timestamp) throws
    /// False: there was none.
    func removeUpstreamTrace(of upstream: UpstreamName) throws -> Bool
}
