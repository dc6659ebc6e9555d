/// The page that apps frame (OpenID Connect Session Management 1.0 §3.1). Nobody sees it.
package struct CheckSessionPage: Page {
    package static let template = PageTemplate.checkSession

    /// The name of the cookie that its script reads.
    package var cookie: String

    package init(cookie: String) { self.cookie = cookie }

    package func members(in texts: PageTexts) -> PageMembers { PageMembers([.name: .text(cookie)]) }
}
