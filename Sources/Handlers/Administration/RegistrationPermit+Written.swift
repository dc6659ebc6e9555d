import OIDCLogic

extension RegistrationPermit {
    /// As an administrator writes it. Throws ``AdministrationError`` with the value that is wrong.
    package init(
        preset: String, isFirstParty: Bool, scope: String?, grantTypes: [String], redirectHosts: [String],
        resources: [String]
    ) throws {
        self.init(preset: try ClaimPreset(naming: preset), isFirstParty: isFirstParty)
        if let scope {
            do { self.scope = try Scope(scope) } catch {
                throw AdministrationError.invalid(
                    "scope \"\(scope)\" has a character that RFC 6749 section 3.3 does not allow")
            }
        }
        if !grantTypes.isEmpty {
            self.grantTypes = Set(
                try grantTypes.map { name in
                    guard let type = GrantType(rawValue: name) else {
                        let known = GrantType.allCases.map(\.rawValue).joined(separator: ", ")
                        throw AdministrationError.invalid("there is no grant type \"\(name)\"; there are \(known)")
                    }
                    return type
                })
        }
        self.redirectHosts = try redirectHosts.map { text in
            guard let host = RedirectHost(text) else {
                throw AdministrationError.invalid(
                    "\"\(text)\" is no host; write it in lower case without scheme and port, as app.example.com, or as "
                        + "*.example.com for all below")
            }
            return host
        }
        self.resources = try resources.map { text in
            guard let resource = ResourceIndicator(text) else {
                throw AdministrationError.invalid(
                    "\"\(text)\" is no resource; that is an absolute URI without a fragment, such as "
                        + "https://api.example.com/")
            }
            return resource
        }
    }
}
