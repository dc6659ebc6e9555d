/// OpenID Connect Core §3.1.2.1, `prompt`.
package enum Prompt: String, Sendable, CaseIterable {
    case none, login, consent
    /// One account a browser: choosing another is signing in anew.
    case selectAccount = "select_account"

    /// Parses the list. `none` beside another value is `invalid_request`; a value that nobody knows is one too.
    package static func set(_ text: String) throws(OAuthError) -> Set<Prompt> {
        var prompts: Set<Prompt> = []
        for name in text.split(separator: " ") {
            guard let prompt = Prompt(rawValue: String(name)) else {
                throw .invalidRequest(
                    "prompt must be none, login, consent or select_account", detail: .parameter("prompt", .malformed))
            }
            prompts.insert(prompt)
        }
        guard !prompts.contains(.none) || prompts.count == 1 else {
            throw .invalidRequest("prompt none goes with no other value", detail: .parameter("prompt", .malformed))
        }
        return prompts
    }
}
