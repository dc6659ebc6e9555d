import JOSE
import OIDCLogic

/// Reads the list `upstreams`, and from the section `login` how people come to them.
struct UpstreamReading {
    private(set) var settings = UpstreamSettings()

    init(_ root: ConfigurationSection, login: ConfigurationSection, folder: String) {
        guard let expressions = try? UpstreamExpressions() else {
            root.fault("upstreams", "can't be read: there is no memory for their expressions")
            return
        }
        var files: [UpstreamName: String] = [:]
        var members: [UpstreamName: [String: JSON]] = [:]
        let upstreams = root.items("upstreams") { section, line -> Upstream? in
            defer { section.refuseUnknown() }
            let file = section.optionalPath("client_secret_file", in: folder)
            guard let upstream = UpstreamItemReading(section, line, expressions).upstream else { return nil }
            guard let file else {
                section.fault(
                    "client_secret_file",
                    "is missing; it names a file, readable by its owner alone, with the secret that the upstream gave us",
                    orAt: line)
                return nil
            }
            if files.updateValue(file, forKey: upstream.name) != nil {
                section.fault("name", "is \"\(upstream.name)\", as another upstream's; each needs one of its own")
            }
            members[upstream.name] = section.contents
            return upstream
        }
        settings.members = members
        settings.file = root.file
        settings.secretFiles = files
        settings.options = SignInOptions(
            upstreams: upstreams, hasPassword: Self.hasPassword(login),
            admitsAdministrators: login.value(
                "administrators", default: true, expected: "must be true or false"
            ) { Bool($0) }, straight: Self.straight(login))
    }

    private static func hasPassword(_ login: ConfigurationSection) -> Bool {
        login.value("password", default: true, expected: "must be true or false") { Bool($0) }
    }

    /// One that was added in the console is known to the store alone; `check` looks there.
    private static func straight(_ login: ConfigurationSection) -> UpstreamName? {
        guard let value = login.value("upstream") else { return nil }
        guard let name = UpstreamName(configured: value.text) else {
            login.fault("upstream", value, "must be the name of an upstream")
            return nil
        }
        return name
    }
}

/// Reads an item of `upstreams`, be it of the configuration or of the store.
struct UpstreamItemReading {
    private(set) var upstream: Upstream?

    private static let usualScope = "openid profile email"

    init(_ section: ConfigurationSection, _ line: Int?, _ expressions: UpstreamExpressions) {
        let name = Self.name(section, line)
        let title = section.value("title")?.text
        let issuer = Self.issuer(section, line)
        let clientID = section.value("client_id")?.text
        if clientID == nil {
            section.fault("client_id", "is missing; it is what the upstream knows this service by", orAt: line)
        }
        let authentication = section.value(
            "token_endpoint_auth_method", default: UpstreamAuthentication.basic,
            expected: "must be client_secret_basic or client_secret_post"
        ) { UpstreamAuthentication(rawValue: $0) }
        let scope = Self.scope(section)
        let algorithms = section.signatureAlgorithms("algorithms")
        let domains = Self.domains(section, "email_domains")
        let admission = Self.admission(section, expressions)
        let mapping = Self.mapping(section, expressions)
        let rhythm = Self.rhythm(section)
        guard let name, let issuer, let clientID, let scope, let algorithms, let domains, let admission, let mapping
        else { return }
        upstream = Upstream(
            name: name, title: title ?? name.value, issuer: issuer, clientID: clientID,
            authentication: authentication, scope: scope, algorithms: algorithms, domains: domains,
            admission: admission, mapping: mapping, rhythm: rhythm)
    }

    private static func name(_ section: ConfigurationSection, _ line: Int?) -> UpstreamName? {
        guard let value = section.value("name") else {
            section.fault("name", "is missing; the upstream sends users back to …/callback/NAME", orAt: line)
            return nil
        }
        guard let name = UpstreamName(configured: value.text) else {
            section.fault(
                "name", value, "must be 1 to 64 lower-case letters, digits, and - . _, a letter or digit first")
            return nil
        }
        return name
    }

    private static func issuer(_ section: ConfigurationSection, _ line: Int?) -> WebURI? {
        guard let value = section.value("issuer") else {
            section.fault("issuer", "is missing; it is the issuer in the upstream's discovery document", orAt: line)
            return nil
        }
        guard let uri = WebURI(value.text), !value.text.contains("?"), !value.text.contains("#") else {
            section.fault("issuer", value, "must be a URL without query and fragment, as the discovery document has it")
            return nil
        }
        return uri
    }

    private static func scope(_ section: ConfigurationSection) -> Scope? {
        let texts = section.values("scope")?.map(\.text) ?? [usualScope]
        guard let scope = try? Scope(texts.joined(separator: " ")) else {
            section.fault("scope", "must be names of scopes, such as \(usualScope)")
            return nil
        }
        guard scope.contains(Scope.openID) else {
            section.fault("scope", "must have openid, or the upstream says nothing of who has signed in")
            return nil
        }
        return scope
    }

    private static func rhythm(_ section: ConfigurationSection) -> UpstreamRhythm? {
        var rhythm = UpstreamRhythm()
        rhythm.grace = section.duration("grace", in: 0...(30 * 86_400), default: rhythm.grace)
        rhythm.perSecond = section.integer("rechecks_per_second", in: 1...1000, default: rhythm.perSecond)
        if let value = section.value("recheck"), value.text == "never" { return nil }
        rhythm.interval = section.duration("recheck", in: 5...(30 * 86_400), default: rhythm.interval)
        return rhythm
    }

    private static func domains(_ section: ConfigurationSection, _ key: String) -> [EmailDomain]? {
        let values = section.values(key) ?? []
        let domains = values.map { EmailDomain($0.text) }
        for (value, domain) in zip(values, domains) where domain == nil {
            section.fault(key, value, "must be a domain, such as example.com")
        }
        return domains.contains { $0 == nil } ? nil : domains.compactMap(\.self)
    }

    private static func admission(
        _ section: ConfigurationSection, _ expressions: UpstreamExpressions
    ) -> UpstreamAdmission? {
        guard let value = section.value("users") else { return .everyone }
        switch value.text {
        case "all": return .everyone
        case "none": return .nobody
        default:
            if let objection = expressions.objection(toDecision: value.text) {
                section.fault(
                    "users", value, "must be all, none, or an expression over upstream; this one \(objection)")
                return nil
            }
            return .whoever(value.text)
        }
    }

    private static func mapping(
        _ section: ConfigurationSection, _ expressions: UpstreamExpressions
    ) -> UpstreamMapping? {
        let (attributes, roles) = (section.texts("attributes"), section.texts("roles"))
        let domains = domains(section, "trusted_email_domains")
        let mapping = UpstreamMapping(
            username: section.value("username")?.text, attributes: attributes ?? [:],
            roles: Dictionary((roles ?? [:]).map { (RoleID(written: $0.key), $0.value) }) { first, _ in first },
            roleNames: section.value("role_names")?.text, verifiedDomains: domains ?? [])
        var isRight = attributes != nil && roles != nil && domains != nil
        func check(_ key: String, _ text: String?, _ objection: (String) -> String?) {
            guard let text, let objection = objection(text) else { return }
            section.fault(key, "is \"\(text)\"; it must be an expression over upstream, and this one \(objection)")
            isRight = false
        }
        check("username", mapping.username, expressions.objection(toValue:))
        check("role_names", mapping.roleNames, expressions.objection(toValue:))
        for (name, text) in mapping.attributes.sorted(by: { $0.key < $1.key }) {
            check("attributes", text) { expressions.objection(toValue: $0).map { "(\(name)) \($0)" } }
        }
        for (role, text) in mapping.roles.sorted(by: { $0.key < $1.key }) {
            check("roles", text) { expressions.objection(toDecision: $0).map { "(\(role)) \($0)" } }
        }
        for name in ["sub", "email_verified"] where mapping.attributes[name] != nil {
            section.fault("attributes", "has \(name), which no mapping sets; see trusted_email_domains")
            isRight = false
        }
        return isRight ? mapping : nil
    }
}
