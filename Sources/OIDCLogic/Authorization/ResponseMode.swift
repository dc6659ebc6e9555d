/// How the answer to an authorization request travels (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).
package enum ResponseMode: String, Sendable, CaseIterable {
    case query
    /// OAuth 2.0 Form Post Response Mode.
    case formPost = "form_post"
}
