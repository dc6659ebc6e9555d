import OIDCLogic

extension Username {
    /// A name as someone typed it.
    package init(typed text: String) { self.init(ChosenName.normalized(text)) }

    /// A name for a new user.
    package init(choosing text: String) throws(AdministrationError) {
        self.init(try ChosenName.accepted(text, for: "a user name"))
    }
}
