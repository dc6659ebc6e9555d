import JOSE
import OIDCLogic

extension ConsoleRoute {
    static let upstreamForms = [
        ConsoleRoute("new-upstream", needs: .admin, wantsFreshSignIn: true, show: newForm) { call in
            var body = try UpstreamForm.body(call)
            let name = call.field("name")
            body["name"] = .string(name)
            try call.api(.post, "upstreams", body: body)
            return .done(.upstreamAdded, at: call.path("upstreams", name))
        },
        ConsoleRoute("upstreams/{name}/change", needs: .admin, wantsFreshSignIn: true, show: changeForm) { call in
            try call.api(
                .put, "upstreams", call["name"], body: UpstreamForm.body(call), match: call.field("etag"))
            return .done(.upstreamChanged, at: call.path("upstreams", call["name"]))
        },
    ]

    private static func newForm(_ call: ConsoleCall) -> ConsolePage {
        let issuer = call.provider.issuer
        let name = ConsoleForm.Field(
            "name", "Name",
            hint: "Lower-case letters, digits and - . _. It stays, as it is in the redirect URI to be entered there: "
                + "\(issuer.endpoint("callback/NAME")). Its back-channel logout URI is \(issuer.endpoint("backchannel/NAME"))",
            isRequired: true)
        return ConsolePage(
            "Add an upstream", back: ConsoleLink(label: "Upstreams", uri: call.path("upstreams")),
            [
                ConsoleBlock(
                    nil, nil,
                    .form(
                        ConsoleForm(
                            to: call.path("new-upstream"),
                            groups: UpstreamForm.groups(of: .null, after: [name], hasSecret: false),
                            button: "Add the upstream")))
            ])
    }

    private static func changeForm(_ call: ConsoleCall) throws -> ConsolePage {
        let (upstream, tag) = try call.read("upstreams", call["name"])
        let name = upstream.text("name")
        if let file = upstream["declared_in"]?.stringValue {
            throw AdministrationProblem(.conflict, "it is declared in \(file): change it there")
        }
        return ConsolePage(
            "Change \(upstream.text("title"))", back: ConsoleLink(label: name, uri: call.path("upstreams", name)),
            [
                ConsoleBlock(
                    nil, nil,
                    .form(
                        ConsoleForm(
                            to: call.path("upstreams", name, "change"),
                            groups: UpstreamForm.groups(
                                of: upstream, after: [.init("etag", "", .hidden, value: tag)],
                                hasSecret: upstream["has_client_secret"] == true),
                            button: "Save changes")))
            ])
    }
}

/// The form of an upstream. What has no field of its own is written as the command line writes it, `KEY=JSON`.
enum UpstreamForm {
    private static let texts = [
        "preset", "title", "issuer", "client_id", "token_endpoint_auth_method", "scope", "users", "username",
        "role_names",
        "recheck", "grace", "refused_refresh",
    ]
    private static let flags = ["logout"]
    private static let lists = ["email_domains", "trusted_email_domains"]
    private static let expressions = ["attributes", "roles"]

    /// What was written of an upstream that the API shows.
    static func members(of upstream: JSON) -> [String: JSON] {
        (upstream.objectValue ?? [:]).filter { UpstreamSchemas.shown[$0.key] == nil }
    }

    static func groups(
        of upstream: JSON, after first: [ConsoleForm.Field], hasSecret: Bool
    ) -> [ConsoleForm.Group] {
        let members = members(of: upstream)
        let others = members.filter { !(texts + flags + lists + expressions).contains($0.key) }
        func text(_ name: String) -> String {
            guard let items = members[name]?.arrayValue else { return upstream.text(name) }
            return items.compactMap(\.stringValue).joined(separator: name == "scope" ? " " : "\n")
        }
        func pairs(_ name: String) -> String {
            (members[name]?.objectValue ?? [:]).sorted { $0.key < $1.key }
                .map { "\($0.key) = \($0.value.stringValue ?? $0.value.text)" }.joined(separator: "\n")
        }
        return [
            .init(
                first + [
                    .init(
                        "preset", "Kind",
                        .choice(
                            [("", "Any OpenID provider")] + UpstreamPreset.allCases.map { ($0.rawValue, $0.label) }),
                        value: text("preset"), hint: "It fills in what such a provider needs, where a field is empty"),
                    .init("title", "Title", value: text("title"), hint: "What people read on its button"),
                    .init(
                        "issuer", "Issuer, or discovery address", value: text("issuer"),
                        hint:
                            "Such as https://idp.example.com/realms/main. Empty for Google and GitHub, which have one each"
                    ),
                    .init(
                        "client_id", "Client id", value: text("client_id"), hint: "What it knows us by",
                        isRequired: true),
                    .init(
                        "client_secret", "Client secret", .password,
                        hint: hasSecret
                            ? "Empty: it stays as it is. It is never shown again"
                            : "It is kept sealed, and never shown again"),
                    .init(
                        "token_endpoint_auth_method", "How we prove who we are",
                        .choice([
                            ("", "By the secret, as such a provider has it"),
                            ("client_secret_basic", "By the secret in a header (client_secret_basic)"),
                            ("client_secret_post", "By the secret in the form (client_secret_post)"),
                            ("private_key_jwt", "By a key of ours, without a secret (private_key_jwt)"),
                        ]), value: text("token_endpoint_auth_method")),
                ]),
            .init(
                legend: "Who comes by it",
                [
                    .init(
                        "users", "Who comes in", value: text("users"),
                        hint: "all, none (invited people alone), or an expression over upstream. Empty: all"),
                    .init(
                        "email_domains", "E-mail domains", .lines, value: text("email_domains"),
                        hint: "One a line: who types such an address goes straight there"),
                    .init(
                        "trusted_email_domains", "Domains whose addresses it vouches for", .lines,
                        value: text("trusted_email_domains"), hint: "One a line: its email_verified counts for these"),
                ]),
            .init(
                legend: "What follows from what it says",
                explanation: "Expressions over upstream, such as upstream ->> 'department'.",
                [
                    .init(
                        "attributes", "Attributes", .lines, value: pairs("attributes"),
                        hint: "One a line: NAME = EXPRESSION"),
                    .init(
                        "roles", "Roles", .lines, value: pairs("roles"),
                        hint: "One a line: ROLE = EXPRESSION that has to hold"),
                    .init(
                        "role_names", "Names of roles", value: text("role_names"), hint: "An expression that gives them"
                    ),
                    .init("username", "User name of who is new", value: text("username"), hint: "An expression"),
                ]),
            .init(
                legend: "Who goes there goes here",
                [
                    .init(
                        "recheck", "Ask again after", value: text("recheck"),
                        hint:
                            "For so long its word that somebody may sign in holds: 5m, 1h, or never. Empty: 5m, of Keycloak 3m"
                    ),
                    .init(
                        "grace", "While it is down", value: text("grace"),
                        hint: "For so much longer its word holds, such as 2h. Empty: 1h"),
                    .init(
                        "refused_refresh", "When it refuses to refresh what it gave for somebody",
                        .choice([
                            ("", "They have to sign in there"), ("gone", "They are gone: everything of theirs ends"),
                        ]), value: text("refused_refresh")),
                    .init(
                        "logout", "Whoever signs out here signs out there", .check,
                        value: upstream["logout"] == true || upstream["logout"] == "true" ? "on" : ""),
                ]),
            .init(
                legend: "Protocol",
                [
                    .init("scope", "Scopes", value: text("scope"), hint: "Empty: openid profile email"),
                    .init(
                        "others", "Other members", .lines,
                        value: others.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }
                            .joined(separator: "\n"),
                        hint:
                            "One a line: KEY=JSON, such as algorithms=[\"ES256\"], as upstreams in postern.yaml has them",
                        answersFor: ["algorithms", "rechecks_per_second", "authorization_parameters"]),
                ]),
        ]
    }

    /// All that was filled in.
    static func body(_ call: ConsoleCall) throws(AdministrationProblem) -> [String: JSON] {
        var body: [String: JSON] = [:]
        for name in texts where !call.field(name).isEmpty { body[name] = .string(call.field(name)) }
        for name in flags where call.isChecked(name) { body[name] = true }
        for name in lists where !call.lines(name).isEmpty { body[name] = .array(call.lines(name).map(JSON.string)) }
        for name in expressions where !call.lines(name).isEmpty { body[name] = try pairs(call.lines(name), name) }
        if !call.field("client_secret").isEmpty { body["client_secret"] = .string(call.field("client_secret")) }
        for line in call.lines("others") {
            guard let equals = line.firstIndex(of: "="), equals > line.startIndex,
                let value = try? JSON(parsing: Array(line[line.index(after: equals)...].utf8))
            else {
                throw .invalid(
                    "\"\(line)\" is no KEY=JSON, such as algorithms=[\"ES256\"]; a text needs quotes", member: "others")
            }
            let name = String(line[..<equals])
            guard !(texts + flags + lists + expressions + ["client_secret"]).contains(name) else {
                throw .invalid("\(name) has a field of its own", member: "others")
            }
            body[name] = value
        }
        return body
    }

    private static func pairs(_ lines: [String], _ member: String) throws(AdministrationProblem) -> JSON {
        var pairs: [String: JSON] = [:]
        for line in lines {
            guard let range = line.firstRange(of: " = "), range.lowerBound > line.startIndex else {
                throw .invalid("\"\(line)\" is no NAME = EXPRESSION, with spaces around the =", member: member)
            }
            let name = String(line[..<range.lowerBound])
            guard pairs.updateValue(.string(String(line[range.upperBound...])), forKey: name) == nil else {
                throw .invalid("\(name) is there more than once; keep one", member: member)
            }
        }
        return .object(pairs)
    }
}
