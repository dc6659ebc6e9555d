/// The page at the provider's base path, for those who look what is there.
package struct LandingPage: Page {
    package static let template = PageTemplate.landing

    /// The link to the provider's metadata (OpenID Connect Discovery 4).
    package var discovery: String

    package init(discovery: String) { self.discovery = discovery }

    package func members(in texts: PageTexts) -> PageMembers {
        PageMembers([.discovery: .text(discovery)])
    }
}
