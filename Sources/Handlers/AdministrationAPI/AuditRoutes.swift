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
            let size = try call.pageSize
            let found = try call.provider.store.auditRecords(
                matching: asked, before: try call.position(\.integerValue), limit: size + 1)
            let items = found.prefix(size)
            let next = found.count > size ? items.last.map { JSON.integer($0.position) } : nil
            return .json(ListPage(items: items.map(\.json), next: next).json)
        },
        AdministrationRoute(
            .get, "activity", .readAudit, "Count sign-ins, failed ones, and sessions, over the last day and month",
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
            return .json([
                "sessions": .integer(Int64(try call.provider.store.sessionCount(at: now))),
                "sign_ins_by_hour": try counts(.signIns, 3600, 24), "sign_ins_by_day": try counts(.signIns, 86_400, 30),
                "failures_by_hour": try counts(.failedSignIns, 3600, 24),
            ])
        },
    ]
}
