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
    /// In bytes, of the steps' JSON, and of the details of one.
    package static let limit = 64 * 1024
    package static let stepLimit = 16 * 1024

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

    /// What was done, and what came of it. Whoever notes it has cut out what is secret.
    package struct Step: Sendable, Equatable {
        package let at: Timestamp
        package let what: String
        package let details: JSON
        /// It is what kept the user out.
        package let isFault: Bool

        /// - Parameter details: what is too long of it is left out, and said to be.
        package init(at: Timestamp, _ what: String, _ details: JSON = .null, isFault: Bool = false) {
            self.at = at
            self.what = what
            self.isFault = isFault
            let count = details.serialized().count
            self.details = count > UpstreamTrace.stepLimit ? .string("(\(count) bytes, left out)") : details
        }
    }
}

package enum UpstreamTraceKind {}
package typealias UpstreamTraceID = Identifier<UpstreamTraceKind>
/// What the link ends in.
package typealias UpstreamTraceToken = OpaqueToken<UpstreamTraceKind>

extension UpstreamTrace.Step {
    package var json: JSON {
        var members: [String: JSON] = ["at": .integer(at.seconds), "what": .string(what), "fault": .bool(isFault)]
        if details != .null { members["details"] = details }
        return .object(members)
    }

    /// Nil for what is none.
    package init?(stored json: JSON) {
        guard let at = json["at"]?.integerValue, let what = json["what"]?.stringValue,
            case .bool(let isFault) = json["fault"]
        else { return nil }
        self.init(at: Timestamp(at), what, json["details"] ?? .null, isFault: isFault)
    }
}

package protocol UpstreamTraceStore {
    /// In the place of the one that the upstream had.
    func start(_ trace: UpstreamTrace) throws
    /// Begins it. Nil: its link was used before, its time is over, or there is none.
    func beginUpstreamTrace(digest: [UInt8], at now: Timestamp) throws -> UpstreamTrace?
    /// Nil: there is none, or its time is over.
    func upstreamTrace(of upstream: UpstreamName, at now: Timestamp) throws -> UpstreamTrace?
    /// Adds steps to those that are there, as many as ``UpstreamTrace/limit`` lets in. Nothing happens to one that is no
    /// more, or has ended.
    func record(_ steps: [UpstreamTrace.Step], of trace: UpstreamTraceID, isEnd: Bool, at now: Timestamp) throws
    /// False: there was none.
    func removeUpstreamTrace(of upstream: UpstreamName) throws -> Bool
}
