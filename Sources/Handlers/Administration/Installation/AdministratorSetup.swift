import OIDCLogic

/// Makes the first administrator of an installation.
package enum AdministratorSetup {
    /// The link by which they choose a password. A user who is there is given the role; one who holds it already is given
    /// another link.
    ///
    /// Throws ``AdministrationError`` and `StoreError`.
    package static func link(
        for name: String, in made: Initialization, environment: [String: String]
    ) throws -> String {
        let installation = try Installation(made.configuration, environment: environment)
        let users = installation.users
        let role = AdministrationScope.admin.rawValue
        do {
            _ = try users.add(name, password: nil, roles: [role])
        } catch let error as AdministrationError where error.kind == .exists {
            _ = try users.set(name, roles: AssignmentChange(adding: [role]))
        }
        return installation.address(of: try users.link(name))
    }
}
