import JOSE
import OIDCLogic

/// Reads who of an upstream's users comes in, and what follows from what it says of them.
struct UpstreamMappingReading {
    private let section: ConfigurationSection
    private let expressions: UpstreamExpressions
    private let usual: UpstreamDefaults

    init(_ section: ConfigurationSection, _ expressions: UpstreamExpressions, _ usual: UpstreamDefaults) {
        self.section = section
        self.expressions = expressions
        self.usual = usual
    }

    func domains(_ key: String) -> [EmailDomain]? {
        let values = section.values(key) ?? []
        let domains = values.map { EmailDomain($0.text) }
        for (value, domain) in zip(values, domains) where domain == nil {
            section.fault(key, value, "must be a domain, such as example.com")
        }
        return domains.contains { $0 == nil } ? nil : domains.compactMap(\.self)
    }

    var admission: UpstreamAdmission? {
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

    var mapping: UpstreamMapping? {
        let (attributes, roles) = (section.texts("attributes"), section.texts("roles"))
        let domains = domains("trusted_email_domains")
        let mapping = UpstreamMapping(
            username: section.value("username")?.text ?? usual.username,
            attributes: usual.attributes.merging(attributes ?? [:]) { _, own in own },
            roles: Dictionary((roles ?? [:]).map { (RoleID(written: $0.key), $0.value) }) { first, _ in first },
            roleNames: section.value("role_names")?.text ?? usual.roleNames, verifiedDomains: domains ?? [],
            emailVerified: section.value("email_verified")?.text ?? usual.emailVerified)
        var isRight = attributes != nil && roles != nil && domains != nil
        func check(_ key: String, _ text: String?, _ objection: (String) -> String?) {
            guard let text, let objection = objection(text) else { return }
            section.fault(key, "is \"\(text)\"; it must be an expression over upstream, and this one \(objection)")
            isRight = false
        }
        check("username", mapping.username, expressions.objection(toValue:))
        check("role_names", mapping.roleNames, expressions.objection(toValue:))
        check("email_verified", mapping.emailVerified, expressions.objection(toDecision:))
        for (name, text) in mapping.attributes.sorted(by: { $0.key < $1.key }) {
            check("attributes", text) { expressions.objection(toValue: $0).map { "(\(name)) \($0)" } }
        }
        for (role, text) in mapping.roles.sorted(by: { $0.key < $1.key }) {
            check("roles", text) { expressions.objection(toDecision: $0).map { "(\(role)) \($0)" } }
        }
        for name in ["sub", "email_verified"] where mapping.attributes[name] != nil {
            section.fault(
                "attributes", "has \(name), which no attribute sets; see email_verified and trusted_email_domains")
            isRight = false
        }
        return isRight ? mapping : nil
    }
}
