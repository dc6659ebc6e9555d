import OIDCLogic

/// What the administrator wants of the pages.
package struct PageSettings: Sendable, Equatable {
    /// A folder of templates that stand in for the ones that came with the program. An absolute path.
    package let templates: String?
    /// A folder of texts that stand in for the ones that came with the program. An absolute path.
    package let locales: String?
    /// The language for browsers that ask for none of those that are there.
    package let language: String
    /// What the service is called on its pages. Nil: "Postern".
    package let title: String?
    /// Where a user who can't sign in finds help.
    package let help: WebURI?
    /// Whom somebody asks who is refused.
    package let contact: Contact?
}
