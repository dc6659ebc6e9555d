import OIDCLogic

extension SQLiteStore {
    package func note(_ event: UpstreamEvent, of upstream: UpstreamName, at now: Timestamp) {
        database.note(event, of: upstream, at: now)
    }

    package func upstreamHealth(at now: Timestamp) throws -> [UpstreamName: UpstreamHealth] {
        let sql = """
            SELECT upstream, signed_in_at, failed_at, failure, unreachable_since,
                (SELECT sum(sign_ins) FROM upstream_activity
                    WHERE hour > ?1 AND upstream_activity.upstream = upstream_health.upstream),
                (SELECT sum(failures) FROM upstream_activity
                    WHERE hour > ?1 AND upstream_activity.upstream = upstream_health.upstream)
            FROM upstream_health
            """
        let rows = try reader.all(sql, Value(now + -86_400)) { row throws(StoreError) in
            let reason = try row.optionalText(3)
            return (
                UpstreamName(try row.text(0)),
                UpstreamHealth(
                    signedInAt: row.optionalTime(1),
                    failure: row.optionalTime(2).map { UpstreamHealth.Failure(at: $0, reason: reason ?? "") },
                    unreachableSince: row.optionalTime(4), signIns: Int(row.integer(5)), failures: Int(row.integer(6)))
            )
        }
        return Dictionary(rows) { first, _ in first }
    }
}

/// What was seen of one upstream since it was last written.
struct UpstreamSeen: Sendable {
    private(set) var signedInAt: Timestamp?
    private(set) var failure: UpstreamHealth.Failure?
    /// Nil: no more is known than before.
    private(set) var silence: Silence?
    private(set) var hours: [Int64: (signIns: Int, failures: Int)] = [:]

    enum Silence: Sendable {
        case since(Timestamp)
        case over
    }

    mutating func note(_ event: UpstreamEvent, at now: Timestamp) {
        switch event {
        case .signedIn:
            signedInAt = now
            silence = .over
            hours[HourlyActivity.hour(of: now), default: (0, 0)].signIns += 1
        case .failed(let reason):
            let kept = reason.utf8.prefix(UpstreamEvent.reasonLimit)
            failure = UpstreamHealth.Failure(at: now, reason: String(decoding: kept, as: UTF8.self))
            hours[HourlyActivity.hour(of: now), default: (0, 0)].failures += 1
        case .fellSilent: silence = .since(now)
        case .answered: silence = .over
        }
    }

    /// What was seen before.
    mutating func follow(_ former: UpstreamSeen) {
        signedInAt = signedInAt ?? former.signedInAt
        failure = failure ?? former.failure
        silence = silence ?? former.silence
        hours.merge(former.hours) { ($0.signIns + $1.signIns, $0.failures + $1.failures) }
    }
}

extension HourlyActivity {
    /// An outage begins and ends once, however many processes notice.
    private static func tell(_ seen: UpstreamSeen, of name: UpstreamName, in database: Database) throws(StoreError) {
        guard let silence = seen.silence else { return }
        let sql = "SELECT unreachable_since IS NOT NULL FROM upstream_health WHERE upstream = ?1"
        let wasSilent = try database.first(sql, Value(name), read: { $0.flag(0) }) ?? false
        let audit = AuditRow(actor: AuditActor(.upstream(name), by: .upstream), at: nil)
        switch silence {
        case .since where !wasSilent: try audit.write(.upstreamSilent, name.value, in: database)
        case .over where wasSilent: try audit.write(.upstreamAnswered, name.value, in: database)
        default: break
        }
    }

    static func count(_ seen: [UpstreamName: UpstreamSeen], in database: Database) throws(StoreError) {
        for (name, seen) in seen {
            var unreachableSince: Timestamp?
            if case .since(let time) = seen.silence { unreachableSince = time }
            try tell(seen, of: name, in: database)
            try database.run(
                """
                INSERT INTO upstream_health (upstream, signed_in_at, failed_at, failure, unreachable_since)
                VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (upstream) DO UPDATE SET
                    signed_in_at = coalesce(excluded.signed_in_at, signed_in_at),
                    failure = iif(excluded.failed_at IS NULL, failure, excluded.failure),
                    failed_at = coalesce(excluded.failed_at, failed_at),
                    unreachable_since = iif(
                        ?6, iif(excluded.unreachable_since IS NULL, NULL,
                            coalesce(unreachable_since, excluded.unreachable_since)), unreachable_since)
                """,
                Value(name), Value(seen.signedInAt), Value(seen.failure?.at), Value(seen.failure?.reason),
                Value(unreachableSince), Value(seen.silence != nil))
            for (hour, count) in seen.hours {
                try database.run(
                    """
                    INSERT INTO upstream_activity (hour, upstream, sign_ins, failures, expires_at)
                    VALUES (?1, ?2, ?3, ?4, ?5)
                    ON CONFLICT (hour, upstream) DO UPDATE SET
                        sign_ins = sign_ins + excluded.sign_ins, failures = failures + excluded.failures
                    """,
                    .integer(hour), Value(name), Value(count.signIns), Value(count.failures),
                    .integer(hour + UpstreamHealth.memory))
            }
        }
    }
}
