import JOSE
import OIDCLogic

extension SQLiteStore {
    private static let columns = "id, upstream, digest, started_at, expires_at, begun_at, ended_at, steps"

    package func start(_ trace: UpstreamTrace) throws {
        try change { database, audit in
            try database.run(
                "INSERT OR REPLACE INTO upstream_trace (\(Self.columns)) VALUES (?1, ?2, ?3, ?4, ?5, NULL, NULL, '[]')",
                Value(trace.id), Value(trace.upstream), .blob(trace.digest), Value(trace.startedAt),
                Value(trace.expiresAt))
            try audit.write(
                .upstreamTraced, trace.upstream.value,
                AuditChange(after: ["expires_at": .integer(trace.expiresAt.seconds)]), in: database)
        }
    }

    package func beginUpstreamTrace(digest: [UInt8], at now: Timestamp) throws -> UpstreamTrace? {
        try write { database in
            // Check and change are one statement, so that of two who have the link one begins.
            let sql = """
                UPDATE upstream_trace SET begun_at = ?2
                WHERE digest = ?1 AND begun_at IS NULL AND expires_at > ?2 RETURNING \(Self.columns)
                """
            return try database.first(sql, .blob(digest), Value(now)) { row throws(StoreError) in try Self.trace(row) }
        }
    }

    package func upstreamTrace(of upstream: UpstreamName, at now: Timestamp) throws -> UpstreamTrace? {
        let sql = "SELECT \(Self.columns) FROM upstream_trace WHERE upstream = ?1 AND expires_at > ?2"
        return try reader.first(sql, Value(upstream), Value(now)) { row throws(StoreError) in try Self.trace(row) }
    }

    package func record(_ steps: [UpstreamTrace.Step], of trace: UpstreamTraceID, at now: Timestamp) throws {
        try write { database in
            let sql = """
                SELECT \(Self.columns) FROM upstream_trace WHERE id = ?1 AND expires_at > ?2 AND ended_at IS NULL
                """
            let there = try database.first(sql, Value(trace), Value(now)) { row throws(StoreError) in
                try Self.trace(row)
            }
            guard let there else { return }
            let kept = UpstreamTrace.fitting(there.steps + steps)
            let isEnd = kept.last?.outcome != nil
            try database.run(
                "UPDATE upstream_trace SET steps = ?2, ended_at = ?3 WHERE id = ?1", Value(trace),
                .text(JSON.array(kept.map(\.json)).text), Value(isEnd ? now : nil))
        }
    }

    package func removeUpstreamTrace(of upstream: UpstreamName) throws -> Bool {
        try write { database in
            try database.run("DELETE FROM upstream_trace WHERE upstream = ?1", Value(upstream)) == 1
        }
    }

    private static func trace(_ row: borrowing Row) throws(StoreError) -> UpstreamTrace {
        let steps = (try row.json(7).arrayValue ?? []).compactMap(UpstreamTrace.Step.init(stored:))
        return UpstreamTrace(
            id: UpstreamTraceID(try row.text(0)), upstream: UpstreamName(try row.text(1)), digest: row.bytes(2),
            startedAt: row.time(3), expiresAt: row.time(4), begunAt: row.optionalTime(5), endedAt: row.optionalTime(6),
            steps: steps)
    }
}
