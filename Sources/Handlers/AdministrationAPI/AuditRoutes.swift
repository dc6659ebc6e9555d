import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let auditRoutes = [
        AdministrationRoute(
            .get, "audit", .readAudit, "Read the audit log, the newest first",
            query: ["user", "client_id", "event", "since", "until", "after", "limit"], answer: (.ok, "AuditRecordList")
        ) { call in
            let asked = try call.administration.audit.query(
                user: call.parameter("user"), app: call.parameter("client_id"), event: call.parameter("event"),
                since: call.parameter("since"), until: call.parameter("until"))
            let position = try call.position(\.integerValue)
            return try call.page(position: { .integer($0.position) }, show: \.json) { limit in
                try call.provider.store.auditRecords(matching: asked, before: position, limit: limit)
            }
        },
        AdministrationRoute(
            .get, "activity", .readAudit,
            "Count sign-ins, failed ones, sessions, and what the token service did, over the last day and month",
            answer: (.ok, "Activity")
        ) { call in
            let now = call.provider.now()
            func counts(_ activity: Activity, _ length: Int64, _ spans: Int64) throws -> JSON {
                let start = Timestamp((now + -length * (spans - 1)).seconds / length * length)
                let spans = try call.provider.store.activity(activity, since: start, by: length)
                return .array(
                    ActivitySpan.filled(spans, from: start, to: now, by: length).map {
                        .object(["start": .integer($0.start.seconds), "count": .integer(Int64($0.count))])
                    })
            }
            let living = Int64(try call.provider.store.sessionCount(at: now))
            /// They are counted now and then, and now.
            func sessions(_ length: Int64, _ spans: Int64) throws -> JSON {
                var items = try counts(.sessions, length, spans).arrayValue ?? []
                if var last = items.popLast()?.objectValue {
                    last["count"] = .integer(max(living, last["count"]?.integerValue ?? 0))
                    items.append(.object(last))
                }
                return .array(items)
            }
            func events(_ length: Int64) throws -> JSON {
                let start = Timestamp((now + -length).seconds / 3600 * 3600 + 3600)
                return .object(
                    Dictionary(
                        try call.provider.store.tokenServiceEvents(since: start).map {
                            ($0.name, .integer(Int64($0.count)))
                        }, uniquingKeysWith: { first, _ in first }))
            }
            return .json([
                "tokens_by_hour": try counts(.tokens, 3600, 24), "tokens_by_day": try counts(.tokens, 86_400, 30),
                "token_refusals_by_hour": try counts(.tokenRefusals, 3600, 24),
                "token_refusals_by_day": try counts(.tokenRefusals, 86_400, 30),
                "token_service_last_day": try events(86_400), "token_service_last_month": try events(30 * 86_400),
                "sessions": .integer(living),
                "sign_ins_by_hour": try counts(.signIns, 3600, 24), "sign_ins_by_day": try counts(.signIns, 86_400, 30),
                "failures_by_hour": try counts(.failedSignIns, 3600, 24),
                "failures_by_day": try counts(.failedSignIns, 86_400, 30),
                "sessions_by_hour": try sessions(3600, 24),
                "sessions_by_day": try sessions(86_400, 30),
            ])
        },
    ]
}
