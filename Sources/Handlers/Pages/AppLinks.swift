import OIDCLogic

/// Where an app says more about itself, by addresses that it gave (OpenID Connect Registration §2).
package struct AppLinks: Sendable {
    package var website: WebLink?
    package var policy: WebLink?
    package var terms: WebLink?

    package init(website: WebLink? = nil, policy: WebLink? = nil, terms: WebLink? = nil) {
        self.website = website
        self.policy = policy
        self.terms = terms
    }

    /// None of a client of our own: its pages are these.
    init(of client: Client) {
        func link(_ uri: WebURI?) -> WebLink? { client.id.isOwn ? nil : uri.flatMap { WebLink($0.value) } }
        let metadata = client.metadata
        self.init(
            website: link(metadata.clientURI), policy: link(metadata.policyURI), terms: link(metadata.tosURI))
    }

    /// The texts that are chosen here rather than by the template.
    static let textKeys = ["about.website", "about.policy", "about.terms"]

    /// Nil: it gave none.
    func members(in texts: PageTexts) -> PageMembers? {
        let links = zip(Self.textKeys, [website, policy, terms]).compactMap { key, link in
            link.map { link in
                PageMembers([.label: .text(texts[key] ?? key), .uri: .text(link.uri), .host: .text(link.host)])
            }
        }
        return links.isEmpty ? nil : PageMembers([.links: .list(links)])
    }
}
