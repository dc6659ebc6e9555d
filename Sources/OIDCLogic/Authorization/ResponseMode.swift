/// How the answer to an authorization request travels (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).
package enum ResponseMode: String, Sendable, CaseIterable {
    case query
    /// OAuth 2.0 Form Post Response Mode.
    case formPost = "form_post"

    /// Whether an answer arrives there by it. Apps are opened by an address of a private-use scheme (RFC 8252 §7.1), which
    /// brings no form.
    func reaches(_ redirectURI: String) -> Bool {
        switch self {
        case .query: true
        case .formPost: WebURI(redirectURI) != nil
        }
    }
}
