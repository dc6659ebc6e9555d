import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let claimRoutes = [
        AdministrationRoute(
            .get, "claims", .readClaims, "List custom claims; those that one client sees if it is named",
            query: ["client_id"], answer: (.ok, "ClaimList")
        ) { call in
            let claims = try call.administration.claims.claims(of: call.parameter("client_id"))
            return .json(ListPage(items: try claims.map(call.shown), next: nil).json)
        },
        AdministrationRoute(
            .post, "claims", .writeClaims,
            "Define a claim by a value, an attribute or an expression, for one client or for all; the same once more is a "
                + "success", body: "NewClaim", answer: (.created, "Claim"), isRepeatable: true, respond: define),
        AdministrationRoute(
            .get, "claims/{claim_id}", .readClaims, "Read a custom claim", answer: (.ok, "Claim")
        ) { call in try call.entity(call.claim()) },
        AdministrationRoute(
            .patch, "claims/{claim_id}", .writeClaims, "Change a custom claim; its name and its client stay",
            body: "ClaimChange", answer: (.ok, "Claim"), needsMatch: true
        ) { call in
            let change = try ClaimChange(body: call.body(ClaimChange.members))
            let claim = try call.claim()
            try call.requireMatch(call.tag(claim))
            return try call.entity(call.administration.claims.change(claim, by: change), isChanged: true)
        },
        AdministrationRoute(
            .delete, "claims/{claim_id}", .writeClaims, "Remove a custom claim; nobody is told of it any more",
            answer: (.noContent, nil)
        ) { call in
            let claim = try call.claim()
            try call.requireMatchIfSaid(call.tag(claim))
            _ = try call.administration.claims.remove(claim.id.value, of: nil)
            return .nothing
        },
    ]

    private static func define(_ call: AdministrationCall) throws -> Response {
        let body = try call.body(ClaimChange.members + ["name", "client_id"])
        let (name, client) = (try body.required("name"), try body.text("client_id"))
        let change = try ClaimChange(body: body)
        let claims = call.administration.claims
        let there = try claims.claims(of: client).first {
            $0.name.text.hasSameBytes(as: name) && $0.clientID == client.map { ClientID($0) }
        }
        // Whoever repeats a call whose answer was lost is told of what it did.
        if let there, try claims.isDone(change, in: there) { return try call.entity(there) }
        let made = try claims.add(name, for: client, change)
        var response = try call.entity(made, isChanged: true)
        response.status = .created
        response[.location] = call.location("claims", made.id.value)
        return response
    }
}

extension ClaimChange {
    /// Of the body that says it.
    fileprivate static let members = ["value", "attribute", "expression", "scope", "in", "required"]

    /// Throws ``AdministrationProblem``.
    fileprivate init(body: [String: JSON]) throws {
        self.init()
        let sources = ["value", "attribute", "expression"].filter { body[$0] != nil && body[$0] != .null }
        guard sources.count <= 1 else {
            throw AdministrationProblem.invalid(
                "\(sources.joined(separator: " and ")) exclude each other; leave one of them", member: sources[1])
        }
        if let value = body["value"], value != .null { source = .constant(value) }
        if let name = try body.text("attribute") { source = .attribute(name) }
        if let text = try body.text("expression") { source = .expression(text) }
        // Null takes it out, which is to say that any scope releases it, and that it goes where the preset says.
        if body["scope"] != nil { scope = try body.text("scope") ?? "" }
        destinations = try body.replacement("in")
        if body["required"] != nil { isRequired = try body.flag("required") ?? false }
    }
}

extension AdministrationCall {
    fileprivate func claim() throws -> CustomClaim {
        guard let claim = try administration.claims.claim(ClaimID(self["claim_id"])) else {
            throw AdministrationProblem.notFound("there is no custom claim with the id \"\(self["claim_id"])\"")
        }
        return claim
    }

    fileprivate func tag(_ claim: CustomClaim) throws -> EntityTag {
        EntityTag(of: try shown(claim), version: claim.version)
    }

    /// - Parameter isChanged: the answer also says what its author may not have meant.
    fileprivate func entity(_ claim: CustomClaim, isChanged: Bool = false) throws -> Response {
        var members = try shown(claim).objectValue ?? [:]
        let warnings = isChanged ? try administration.claims.warnings(about: claim) : []
        if !warnings.isEmpty { members["warnings"] = .array(warnings.map(JSON.string)) }
        var response = Response.json(.object(members))
        response[.eTag] = HeaderValue(try tag(claim).text)
        return response
    }
}
