import OIDCLogic

extension Username {
    /// A name as someone typed it. No name has a space at either end; phones put one behind a name that they complete.
    package init(typed text: String) { self.init(ChosenName.normalized(ChosenName.trimmed(text))) }

    /// A name for a new user.
    package init(choosing text: String) throws(AdministrationError) {
        let name = try AdministrationError.of("username") { () throws(AdministrationError) in
            try ChosenName.accepted(text, for: "a user name")
        }
        self.init(name)
    }
}
