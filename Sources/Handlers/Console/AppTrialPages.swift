import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let appTrialPages = [ConsoleRoute("apps/{client_id}/try", show: trial)]

    /// Asked for by GET, since nothing changes: so it can be reloaded, and sent to a colleague.
    private static func trial(_ call: ConsoleCall) throws -> ConsolePage {
        let client = try call.api(.get, "clients", call["client_id"])
        let form = AppTrialForm(client, call)
        var block = ConsoleBlock(
            nil,
            "Replays a request without one: what would be granted, by which rule, and what each token would say. "
                + "Nothing is issued, and the app hears nothing of it.",
            .form(form.form))
        var page = ConsolePage("Try \(client.appName)", back: call.app(client), [block])
        guard let query = try form.query else { return page }
        do {
            let explanation = try call.api(.get, "clients", call["client_id"], "explanation", query: query)
            page.blocks += ExplanationBlocks(explanation: explanation).all
        } catch {
            guard let problem = AdministrationProblem(error) else { throw error }
            let refilled = form.form.refilled([:], error: problem.detail, at: problem.member)
            block.content = .form(refilled.form)
            page.blocks = [block]
            page.notice =
                refilled.marked.map { .failed("Nothing was tried. What is wrong:", marked: $0) }
                ?? .failed(problem.detail)
        }
        return page
    }
}

/// What may be said of a request that is tried out.
private struct AppTrialForm {
    private let client: JSON
    private let call: ConsoleCall
    private let grants: [GrantType]

    init(_ client: JSON, _ call: ConsoleCall) {
        self.client = client
        self.call = call
        grants = [GrantType.authorizationCode, .clientCredentials].filter {
            client.texts("grant_types").contains($0.rawValue)
        }
    }

    /// What is asked; nil: the form is only looked at. Throws for a field that came twice.
    var query: [(String, String)]? {
        get throws {
            guard try said("tried") != nil else { return nil }
            let isService = try said("grant_type") == GrantType.clientCredentials.rawValue
            let names = ["grant_type", "scope", "prompt", "resource"] + (isService ? [] : ["user", "address", "acr"])
            return try names.compactMap { name in try said(name).map { (name, $0) } }
        }
    }

    private func said(_ name: String) throws -> String? { try call.query.value(name, limit: 4096) }

    /// As it was filled in; the first time, with what is most often asked.
    private func value(_ name: String, first: String = "") -> String {
        do { return try said("tried") == nil ? first : try said(name) ?? "" } catch { return first }
    }

    var form: ConsoleForm {
        ConsoleForm(
            to: call.path("apps", client.text("client_id"), "try"), fields, button: "Try it", purpose: .look)
    }

    private var fields: [ConsoleForm.Field] {
        [.init("tried", "", .hidden, value: "yes")] + whose + asked + (grants == [.clientCredentials] ? [] : browser)
    }

    private var whose: [ConsoleForm.Field] {
        var fields: [ConsoleForm.Field] = []
        if grants.count > 1 {
            fields.append(
                .init(
                    "grant_type", "For whom the app asks",
                    .choice([
                        (GrantType.authorizationCode.rawValue, "A user who signs in"),
                        (GrantType.clientCredentials.rawValue, "Itself, as a service"),
                    ]), value: value("grant_type")))
        }
        if grants != [.clientCredentials], call.caller.may(.readUsers) {
            fields.append(
                .init(
                    "user", "User name", value: value("user", first: call.signedIn.user.username.value),
                    hint: "Empty: you"))
        }
        return fields
    }

    private var asked: [ConsoleForm.Field] {
        var fields: [ConsoleForm.Field] = [
            .init(
                "scope", "Scope", value: value("scope", first: client.text("scope")),
                hint: "What the app would ask for, with spaces between. Empty: its default scope, else all that it may")
        ]
        let resources = client.texts("resources")
        if !resources.isEmpty {
            fields.append(
                .init(
                    "resource", "Resource", .choice([("", "Not sent")] + resources.map { ($0, $0) }),
                    value: value("resource"), hint: "What the access token is to be for"))
        }
        return fields
    }

    /// What only a user's sign-in has.
    private var browser: [ConsoleForm.Field] {
        [
            .init(
                "prompt", "Prompt",
                .choice([
                    ("", "Not sent"), ("consent", "consent"), ("login", "login"), ("none", "none: nothing is asked"),
                ]), value: value("prompt")),
            .init(
                "address", "Network address", value: value("address"),
                hint:
                    "Of the user’s browser, such as 192.0.2.7. Empty: your own where you try it as yourself, else unknown"
            ),
            .init(
                "acr", "Kind of sign-in", value: value("acr"),
                hint: "The acr that says how the user has proved who they are. Empty: by a password"),
        ]
    }
}
