import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let upstreamTraceRoutes = [
        AdministrationRoute(
            .post, "upstreams/{name}/trace", .admin,
            "Make a link by which one sign-in at an upstream is traced, once and within 15 minutes",
            answer: (.created, "UpstreamTraceLink")
        ) { call in
            let (link, expiresAt) = try call.upstreams.trace(call["name"])
            return .json(["link": .string(link), "expires_at": .integer(expiresAt.seconds)], status: .created)
        },
        AdministrationRoute(
            .get, "upstreams/{name}/trace", .admin,
            "Read what the traced sign-in came to: each step, each claim, how it was mapped; secrets are cut out",
            answer: (.ok, "UpstreamTrace")
        ) { call in
            guard let trace = try call.upstreams.shownTrace(call["name"]) else {
                throw AdministrationProblem.notFound("there is no trace of \"\(call["name"])\", or its time is over")
            }
            return .json(trace.json)
        },
        AdministrationRoute(
            .delete, "upstreams/{name}/trace", .admin, "Forget the trace", answer: (.noContent, nil)
        ) { call in
            guard try call.upstreams.endTrace(call["name"]) else {
                throw AdministrationProblem.notFound("there is no trace of \"\(call["name"])\"")
            }
            return .nothing
        },
    ]
}
