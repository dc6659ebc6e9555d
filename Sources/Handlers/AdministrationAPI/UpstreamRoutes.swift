import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let upstreamRoutes = [
        AdministrationRoute(
            .get, "upstreams", .admin, "List upstreams, those of the configuration too, and how it goes with each",
            answer: (.ok, "UpstreamList")
        ) { call in .json(ListPage(items: try call.upstreams.all().map(\.json), next: nil).json) },
        AdministrationRoute(
            .post, "upstreams", .admin,
            "Add an upstream, with the members of an item of upstreams in postern.yaml; the same once more is a success",
            body: "NewUpstream", answer: (.created, "Upstream"), isRepeatable: true, respond: add),
        AdministrationRoute(
            .get, "upstreams/{name}", .admin, "Read an upstream", answer: (.ok, "Upstream")
        ) { call in call.entity(try call.upstreams.upstream(call["name"])) },
        AdministrationRoute(
            .put, "upstreams/{name}", .admin,
            "Replace the members of an upstream; client_secret stays unless another is said", body: "UpstreamMembers",
            answer: (.ok, "Upstream"), needsMatch: true
        ) { call in
            // Whoever sends back what was shown means nothing by what nobody wrote.
            let body = try call.body().filter { UpstreamSchemas.shown[$0.key] == nil }
            return try change(
                call, to: { _ in body.filter { $0.key != "client_secret" } }, secret: body["client_secret"])
        },
        AdministrationRoute(
            .patch, "upstreams/{name}", .admin, "Change members of an upstream; null takes one out",
            body: "UpstreamChange", answer: (.ok, "Upstream"), needsMatch: true
        ) { call in
            let body = try call.body()
            return try change(
                call, to: { UpstreamAdministration.patched($0, by: body) }, secret: body["client_secret"])
        },
        AdministrationRoute(
            .delete, "upstreams/{name}", .admin,
            "Remove an upstream; where people are linked to it, only with linked=true: they can't sign in by it any more",
            query: ["linked"], answer: (.noContent, nil), respond: remove),
        AdministrationRoute(
            .post, "upstreams/{name}/test", .admin,
            "Ask an upstream whether people can sign in at it, and tell what to enter there",
            answer: (.ok, "UpstreamTest")
        ) { call in .json(try call.upstreams.test(call["name"]).json) },
    ]

    private static func add(_ call: AdministrationCall) throws -> Response {
        var body = try call.body()
        let name = try body.required("name")
        body["name"] = nil
        try call.requireHeld(rolesOf: body)
        let upstreams = call.upstreams
        // Whoever repeats a call whose answer was lost is told of what it did.
        if let there = try call.provider.store.upstreamDeclaration(UpstreamName(name)),
            try upstreams.isDone(body, in: there)
        {
            return call.entity(try upstreams.upstream(name))
        }
        let made = try upstreams.add(name, body)
        var response = call.entity(made)
        response.status = .created
        response[.location] = call.location("upstreams", name)
        return response
    }

    private static func change(
        _ call: AdministrationCall, to members: ([String: JSON]) -> [String: JSON], secret: JSON?
    ) throws -> Response {
        let former = try call.upstreams.declaration(call["name"])
        try call.requireMatch(call.tag(.object(former.members), former.version))
        let next = members(former.members)
        // Who could point it elsewhere could let themselves in as those whom it gives such a role.
        try call.requireHeld(rolesOf: former.members)
        try call.requireHeld(rolesOf: next)
        return call.entity(try call.upstreams.replace(former, by: next, secret: secret))
    }

    private static func remove(_ call: AdministrationCall) throws -> Response {
        let linked = try call.parameter("linked")
        guard linked == nil || linked == "true" else {
            throw AdministrationProblem.invalid("linked must be true, or left out", member: "linked")
        }
        if let former = try call.provider.store.upstreamDeclaration(UpstreamName(call["name"])) {
            try call.requireMatchIfSaid(call.tag(.object(former.members), former.version))
        }
        _ = try call.upstreams.remove(call["name"], knowingOfLinks: linked != nil)
        return .nothing
    }
}

extension AdministrationCall {
    var upstreams: UpstreamAdministration { UpstreamAdministration(provider) }

    fileprivate func tag(_ members: JSON, _ version: Int64) -> EntityTag { EntityTag(of: members, version: version) }

    fileprivate func entity(_ upstream: ListedUpstream) -> Response {
        var response = Response.json(upstream.json)
        response[.eTag] = HeaderValue(tag(upstream.state, upstream.declaration?.version ?? 0).text)
        return response
    }

    /// Nobody lets an upstream give what they don't hold themselves.
    fileprivate func requireHeld(rolesOf members: [String: JSON]) throws(AdministrationProblem) {
        try caller.requireHeld((members["roles"]?.objectValue ?? [:]).keys.sorted(), "the upstream would give the role")
    }
}
