import OIDCLogic

extension RegistrationPermit {
    /// As an administrator writes it. Throws ``AdministrationError`` with the value that is wrong.
    package init(
        preset: String, isFirstParty: Bool, scope: String?, grantTypes: [String], redirectHosts: [String],
        resources: [String], needsApproval: Bool = false
    ) throws {
        self.init(
            preset: try AdministrationError.of("preset") { () throws(AdministrationError) in
                try ClaimPreset(naming: preset)
            },
            isFirstParty: isFirstParty, needsApproval: needsApproval)
        if let scope {
            do { self.scope = try Scope(scope) } catch {
                throw AdministrationError.invalid(
                    "scope \"\(scope)\" has a character that RFC 6749 section 3.3 does not allow"
                ).of("scope")
            }
        }
        if !grantTypes.isEmpty {
            self.grantTypes = Set(
                try grantTypes.map { name in
                    guard let type = GrantType(rawValue: name) else {
                        let known = GrantType.allCases.map(\.rawValue).joined(separator: ", ")
                        throw AdministrationError.invalid(
                            "there is no grant type \"\(name)\"; there are \(known)"
                        ).of("grant_types")
                    }
                    return type
                })
        }
        self.redirectHosts = try redirectHosts.map { text in
            guard let host = RedirectHost(text) else {
                throw AdministrationError.invalid(
                    "\"\(text)\" is no host; write it in lower case without scheme and port, as app.example.com, or as "
                        + "*.example.com for all below"
                ).of("redirect_hosts")
            }
            return host
        }
        self.resources = try resources.map { text in
            guard let resource = ResourceIndicator(text) else {
                throw AdministrationError.invalid(
                    "\"\(text)\" is no resource; that is an absolute URI without a fragment, such as "
                        + "https://api.example.com/"
                ).of("resources")
            }
            return resource
        }
    }

    /// Throws ``AdministrationError`` for what no permit may give.
    func checkGivable() throws(AdministrationError) {
        for name in scope?.names ?? [] where Scope.opensPostern(name) {
            throw .invalid(
                "\"\(name)\" opens Postern itself, so no registration gives it; \"postern client set\" does"
            ).of("scope")
        }
    }
}
