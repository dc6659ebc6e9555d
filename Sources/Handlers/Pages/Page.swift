/// A page that a person sees: typed members, and the template that shows them.
package protocol Page: Sendable {
    static var template: PageTemplate { get }
    /// The members as the template names them. `texts` gives those words that depend on the page's values.
    func members(in texts: PageTexts) -> PageMembers
}

/// The templates that there must be, `login.mustache` and so on.
package enum PageTemplate: String, Sendable, CaseIterable {
    case login, consent, logout, error, landing, account, console
    case signedOut = "signed-out"
    case formPost = "form-post"
    case checkSession = "check-session"
}
