import JOSE
import OIDCLogic

/// What an app would send, and from where, as far as it decides anything.
package struct ExplanationQuestion: Sendable {
    /// Nil: nothing is said of it (``ExplainedScope``).
    package var scope: Scope?
    /// Beside it (OpenID Connect Core §3.1.2.1).
    package var prompt: Set<Prompt>
    /// What the access token is to be for (RFC 8707); nil: nothing is said.
    package var resource: String?
    /// The browser's; nil: nobody knows, so what goes by it sees none.
    package var address: String?
    /// How well the user has proved who they are.
    package var acr: String

    package init(
        scope: Scope? = nil, prompt: Set<Prompt> = [], resource: String? = nil, address: String? = nil,
        acr: String = Authentication.passwordACR
    ) {
        self.scope = scope
        self.prompt = prompt
        self.resource = resource
        self.address = address
        self.acr = acr
    }
}

/// A request, as an app would send it.
package struct ExplainedRequest: Sendable {
    /// Names of parameters, as people read them.
    static let order = ["response_type", "client_id", "redirect_uri", "grant_type", "scope", "prompt", "resource"]

    package let endpoint: String
    /// In that order.
    package let parameters: [(name: String, value: String)]

    /// The authorization request of a sign-in (RFC 6749 §4.1.1), without what serves the app alone.
    init(signIn question: ExplanationQuestion, to client: Client, scope: Scope?, issuer: Issuer) {
        endpoint = issuer.endpoint("authorize")
        parameters = Self.said([
            ("response_type", "code"), ("client_id", client.id.value),
            ("redirect_uri", client.metadata.redirectURIs.first?.value), ("scope", scope?.description),
            ("prompt", question.prompt.map(\.rawValue).sorted().joined(separator: " ")),
            ("resource", question.resource),
        ])
    }

    /// The token request of a service (RFC 6749 §4.4.2).
    init(service question: ExplanationQuestion, issuer: Issuer) {
        endpoint = issuer.endpoint("token")
        parameters = Self.said([
            ("grant_type", GrantType.clientCredentials.rawValue), ("scope", question.scope?.description),
            ("resource", question.resource),
        ])
    }

    private static func said(_ parameters: [(name: String, value: String?)]) -> [(name: String, value: String)] {
        parameters.compactMap { name, value in value.flatMap { $0.isEmpty ? nil : (name, $0) } }
    }

    var json: JSON {
        .object([
            "endpoint": .string(endpoint),
            "parameters": .object(
                Dictionary(parameters.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { first, _ in first })),
        ])
    }
}
