import JOSE

/// What a sign-out at an upstream says whose it is (RP-Initiated Logout 1.0 §2), so that nobody is asked there.
package struct UpstreamLogoutHint: Sendable {
    /// The ID token of the sign-in. It tells much of a person, so it is kept sealed, with their session, and goes nowhere but
    /// back to whom it came from. Nil: it is longer than a redirect bears.
    package let idToken: Secret<UpstreamLogoutHint>?
    /// `logout_hint`.
    package let person: String?

    /// In bytes: what else goes into the address fits into a header of 4 KiB beside it.
    package static let idTokenLimit = 2048
    private static let personLimit = 255

    package init(_ token: UpstreamIDToken) {
        idToken = token.text.utf8.count <= Self.idTokenLimit ? Secret(token.text) : nil
        // What Microsoft Entra ID wants here has a claim of its own; a name serves where there is nothing better.
        let names = ["login_hint"] + (idToken == nil ? ["preferred_username", "email"] : [])
        person = names.lazy.compactMap { token.claims[$0]?.stringValue }
            .first { !$0.isEmpty && $0.utf8.count <= Self.personLimit }
    }

    /// For the session of this link, and for no other.
    package func sealed(for link: UpstreamLinkID, by seal: Seal) -> String {
        seal.seal(content.serialized(), purpose: .upstreamLogoutHint, associated: link.binding)
    }

    /// Throws if it is none of ours, or another link's.
    package init(sealed text: String, of link: UpstreamLinkID, opening seal: Seal) throws {
        self.init(
            content: try JSON(parsing: try seal.open(text, purpose: .upstreamLogoutHint, associated: link.binding)))
    }

    var content: JSON {
        .object(
            ["t": (idToken?.reveal()).map(JSON.string), "p": person.map(JSON.string)].compactMapValues { $0 })
    }

    init(content: JSON) {
        idToken = content["t"]?.stringValue.map { Secret($0) }
        person = content["p"]?.stringValue
    }
}
