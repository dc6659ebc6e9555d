import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let claimPages = [
        ConsoleRoute(
            "apps/{client_id}/new-claim", needs: .writeClaims, wantsFreshSignIn: true, show: newForm, act: define),
        ConsoleRoute("new-claim", needs: .writeClaims, wantsFreshSignIn: true, show: newForm, act: define),
        ConsoleRoute("claims/{claim_id}", needs: .writeClaims, wantsFreshSignIn: true, show: changeForm, act: change),
        ConsoleRoute(
            "claims/{claim_id}/remove", needs: .writeClaims, wantsFreshSignIn: true, show: claimRemoval,
            act: removeClaim),
    ]

    /// Those that an app sees; nil: those of all apps.
    static func claimBlock(of client: String?, _ call: ConsoleCall) throws -> ConsoleBlock {
        let claims = try call.api(.get, "claims", query: client.map { [("client_id", $0)] } ?? []).listed.filter {
            client != nil || $0["client_id"] == .null
        }
        let mayWrite = call.caller.may(.writeClaims)
        let rows = claims.map { claim -> [ConsoleBlock.Cell] in
            let owner = claim["client_id"] == .null ? "all apps" : "this app"
            let file = claim["declared_in"]?.stringValue
            return [
                .code(claim.text("name")), .code(source(of: claim)),
                claim["scope"] == .null ? "any scope" : .code(claim.text("scope")),
                ConsoleBlock.Cell(
                    claim["in"] == .null ? "where the preset says" : claim.texts("in").joined(separator: ", ")),
                ConsoleBlock.Cell(owner),
                file.map { "Declared in \($0)" }
                    ?? ConsoleBlock.Cell(
                        mayWrite ? "Change" : "", to: mayWrite ? call.path("claims", claim.text("id")) : nil),
            ]
        }
        return ConsoleBlock(
            "Custom claims", "What tokens and userinfo say of a user beside the standard claims.",
            .table(
                .init(columns: ["Claim", "Value", "Released by", "In", "Of", "Action"], rows: rows, empty: "None.")),
            links: mayWrite
                ? [
                    ConsoleLink(
                        label: "New claim",
                        uri: client.map { call.path("apps", $0, "new-claim") } ?? call.path("new-claim"))
                ] : [])
    }

    private static func source(of claim: JSON) -> String {
        if let value = claim["value"] { return value.text }
        return claim["attribute"] == nil ? claim.text("expression") : "attribute \(claim.text("attribute"))"
    }

    // MARK: Forms

    private static let kinds = [
        ("attribute", "the user’s attribute of that name"), ("value", "the same for everyone, as JSON"),
        ("expression", "a SQLite expression over user, client, session and request"),
    ]

    private static func fields(of claim: JSON) -> [ConsoleForm.Field] {
        let kind = kinds.first { claim[$0.0] != nil }?.0 ?? "attribute"
        let places = claim.texts("in")
        return [
            ConsoleForm.Field("kind", "Its value is", .choice(kinds), value: kind),
            ConsoleForm.Field(
                "source", "Attribute, JSON or expression", .lines,
                value: kind == "value" ? claim["value"]?.text ?? "" : claim.text(kind), isRequired: true,
                answersFor: kinds.map(\.0)),
            ConsoleForm.Field(
                "scope", "Released by the scope", value: claim.text("scope"), hint: "Empty: by any"),
        ]
            + ClaimDestination.allCases.map { place in
                ConsoleForm.Field(
                    "in-\(place.rawValue)", place.title, .check,
                    value: places.contains(place.rawValue) ? "yes" : "",
                    hint: place == ClaimDestination.allCases.first
                        ? "None of the four: where the app’s preset says" : nil, answersFor: ["in"])
            } + [
                ConsoleForm.Field(
                    "required", "Required", .check, value: claim["required"] == true ? "yes" : "",
                    hint: "Without a value the sign-in fails")
            ]
    }

    private static func body(_ call: ConsoleCall) throws -> [String: JSON] {
        let places = ClaimDestination.allCases.map(\.rawValue).filter { call.isChecked("in-\($0)") }
        var body: [String: JSON] = [
            "scope": .string(call.field("scope")), "in": .array(places.map(JSON.string)),
            "required": .bool(call.isChecked("required")),
        ]
        let text = call.field("source")
        switch call.field("kind") {
        case "value":
            do { body["value"] = try JSON(parsing: Array(text.utf8)) } catch {
                throw AdministrationProblem.invalid(
                    "this is not JSON; a text needs quotes around it: \"blue\"", member: "source")
            }
        case "expression": body["expression"] = .string(text)
        default: body["attribute"] = .string(text)
        }
        return body
    }

    private static func place(_ claim: JSON, _ call: ConsoleCall) -> String {
        claim["client_id"]?.stringValue.map { call.path("apps", $0) } ?? call.path("scopes")
    }

    private static func back(_ claim: JSON, _ call: ConsoleCall) throws -> ConsoleLink {
        guard let id = claim["client_id"]?.stringValue else {
            return ConsoleLink(label: "Scopes and roles", uri: call.path("scopes"))
        }
        return ConsoleLink(label: id, uri: call.path("apps", id))
    }

    private static func newForm(_ call: ConsoleCall) throws -> ConsolePage {
        let client = call["client_id"]
        let path = client.isEmpty ? ["new-claim"] : ["apps", client, "new-claim"]
        let name = ConsoleForm.Field(
            "name", "Name", hint: "As apps read it; a path for one within an object: /resource_access/app/roles",
            isRequired: true)
        return ConsolePage(
            client.isEmpty ? "New claim for all apps" : "New claim for \(client)",
            back: try back(client.isEmpty ? .null : ["client_id": .string(client)], call),
            [
                ConsoleBlock(
                    nil, nil,
                    .form(ConsoleForm(to: call.path(path), [name] + fields(of: .null), button: "Define the claim")))
            ])
    }

    private static func define(_ call: ConsoleCall) throws -> Outcome {
        var body = try body(call)
        body["name"] = .string(call.field("name"))
        if !call["client_id"].isEmpty { body["client_id"] = .string(call["client_id"]) }
        let made = try call.api(.post, "claims", body: body)
        return .done(.claimDefined, at: place(made, call))
    }

    private static func changeForm(_ call: ConsoleCall) throws -> ConsolePage {
        let (claim, tag) = try call.read("claims", call["claim_id"])
        let id = claim.text("id")
        return ConsolePage(
            "The claim \(claim.text("name"))", back: try back(claim, call),
            [
                ConsoleBlock(
                    nil, nil,
                    .form(
                        ConsoleForm(
                            to: call.path("claims", id),
                            fields(of: claim) + [ConsoleForm.Field("etag", "", .hidden, value: tag)],
                            button: "Save changes")),
                    links: [ConsoleLink(label: "Remove", uri: call.path("claims", id, "remove"))])
            ])
    }

    private static func change(_ call: ConsoleCall) throws -> Outcome {
        let claim = try call.api(
            .patch, "claims", call["claim_id"], body: body(call), match: call.field("etag"))
        return .done(.claimChanged, at: place(claim, call))
    }

    private static func claimRemoval(_ call: ConsoleCall) throws -> ConsolePage {
        let claim = try call.api(.get, "claims", call["claim_id"])
        return ConsolePage(
            "Remove the claim \(claim.text("name"))?", back: try back(claim, call),
            [
                ConsoleBlock(
                    nil, "No app is told of it any more.",
                    .form(
                        ConsoleForm(
                            to: call.path("claims", claim.text("id"), "remove"), [], button: "Remove the claim",
                            isDangerous: true)))
            ])
    }

    private static func removeClaim(_ call: ConsoleCall) throws -> Outcome {
        let claim = try call.api(.get, "claims", call["claim_id"])
        try call.api(.delete, "claims", call["claim_id"])
        return .done(.claimRemoved, at: place(claim, call))
    }
}
