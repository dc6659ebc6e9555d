/// What an administrator changes in a user. What isn't named stays.
package struct UserChange: Sendable {
    package var attributes: UserAttributes
    package var roles: AssignmentChange
    package var groups: AssignmentChange
    package var newName: String?
    /// A reset: all sessions and grants end.
    package var password: Password?
    /// True: all sessions and grants end, and no new ones begin.
    package var isDisabled: Bool?

    package init(
        attributes: UserAttributes = .init(), roles: AssignmentChange = .init(), groups: AssignmentChange = .init(),
        newName: String? = nil, password: Password? = nil, isDisabled: Bool? = nil
    ) {
        self.attributes = attributes
        self.roles = roles
        self.groups = groups
        self.newName = newName
        self.password = password
        self.isDisabled = isDisabled
    }
}
