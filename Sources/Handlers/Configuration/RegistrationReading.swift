import JOSE
import OIDCLogic

/// Reads the section `registration`.
struct RegistrationReading {
    private(set) var settings = RegistrationSettings()

    /// - Parameter issuer: this provider's; nil: it is wrong, and that is said elsewhere.
    init(_ root: ConfigurationSection, issuer: Issuer?) {
        let section = root.section("registration")
        settings.open = section.value(
            "open", default: RegistrationPermit?.none, expected: "must be true, false or needs_approval"
        ) { text in
            switch text {
            case "true": .some(.open)
            case "needs_approval": .some(.openUponApproval)
            case "false": .some(nil)
            default: nil
            }
        }
        settings.approvalDeadline = section.duration(
            "approval_deadline", in: 3600...(3650 * 86_400), default: settings.approvalDeadline)
        settings.ciRules = section.items("ci") { section, line in Self.rule(section, line, issuer) }
        section.refuseUnknown()
        var seen: Set<CIRuleName> = []
        for rule in settings.ciRules where !seen.insert(rule.name).inserted {
            section.fault("ci", "has two rules of the name \"\(rule.name)\"; the audit log could not tell them apart")
        }
    }

    private static func rule(_ section: ConfigurationSection, _ line: Int?, _ own: Issuer?) -> CIRule? {
        let name = name(section, line)
        let issuer = uri(section, "issuer", example: "https://gitlab.example.com")
        if issuer == nil, section.value("issuer") == nil {
            section.fault("issuer", "is missing; it is what iss of the job's token says", orAt: line)
        }
        let keys = uri(section, "jwks_uri", example: "https://gitlab.example.com/oauth/discovery/keys")
        let audience = section.value("audience")?.text ?? own?.value
        let claims = claims(section, line)
        let algorithms = section.signatureAlgorithms("algorithms")
        let permit = permit(section, line)
        section.refuseUnknown()
        guard let name, let issuer, let audience, let claims, let algorithms, let permit else { return nil }
        return CIRule(
            name: name, issuer: issuer, audience: audience, claims: claims, algorithms: algorithms, keys: keys,
            permit: permit)
    }

    private static func name(_ section: ConfigurationSection, _ line: Int?) -> CIRuleName? {
        guard let value = section.value("name") else {
            section.fault("name", "is missing; the audit log calls what comes of the rule by it", orAt: line)
            return nil
        }
        guard let name = CIRuleName(configured: value.text) else {
            section.fault("name", value, "must be 1 to 64 lower-case letters, digits, and - . _")
            return nil
        }
        return name
    }

    /// Whoever can answer in its place can forge a token, so plain http is for loopback only.
    private static func uri(_ section: ConfigurationSection, _ key: String, example: String) -> WebURI? {
        section.value(
            key, default: nil, expected: "must be an https URL without query and fragment, such as \(example)"
        ) {
            text in
            guard let uri = WebURI(text), uri.isSecure, !text.contains("?"), !text.contains("#") else { return nil }
            return .some(uri)
        }
    }

    private static func claims(_ section: ConfigurationSection, _ line: Int?) -> ExactClaims? {
        let values: [String: JSON]
        switch section.json("claims") {
        case .object(let members)?: values = members
        case nil: values = [:]
        default:
            section.fault("claims", "must be a section with the claims that a token must have, such as project_path")
            return nil
        }
        do throws(ExactClaims.Fault) { return try ExactClaims(values) } catch {
            switch error {
            case .none:
                section.fault(
                    "claims",
                    "names none: every job of everybody at that issuer could register apps; name one that is yours, such "
                        + "as project_path: team/shop", orAt: line)
            case .reserved(let name):
                section.fault("claims", "has \(name), which each rule checks anyway; name another that is yours")
            case .inexact(let name):
                section.fault(
                    "claims",
                    "has \(name), which must be one text, whole number, true or false: it is compared as it is")
            }
            return nil
        }
    }

    /// As a token's, but for where claims go: only a one-time token is a Mendix app's first start.
    private static func permit(_ section: ConfigurationSection, _ line: Int?) -> RegistrationPermit? {
        let texts = { (key: String) in section.values(key)?.map(\.text) ?? [] }
        let flag = { (key: String, fallback: Bool) in
            section.value(key, default: fallback, expected: "must be true or false") { Bool($0) }
        }
        let preset = section.value("preset")?.text ?? ClaimPreset.standard.rawValue
        let isFirstParty = flag("first_party", true)
        let scope = section.scope("scope")
        let (types, hosts, resources) = (texts("grant_types"), texts("redirect_hosts"), texts("resources"))
        let needsApproval = flag("needs_approval", false)
        do {
            var permit = try RegistrationPermit(
                preset: preset, isFirstParty: isFirstParty, scope: nil, grantTypes: types, redirectHosts: hosts,
                resources: resources, needsApproval: needsApproval)
            permit.scope = scope
            try permit.checkGivable()
            return permit
        } catch {
            section.fault("permits what it can't: \(error)", line: line)
            return nil
        }
    }
}
