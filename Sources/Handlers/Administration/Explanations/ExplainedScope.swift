import JOSE
import OIDCLogic

/// What an explained request asks for, and how that is known.
package struct ExplainedScope: Sendable {
    package enum Source: String, Sendable, CaseIterable {
        /// The question names it.
        case question
        /// The client's own, where a request says nothing (RFC 6749 §3.3).
        case defaultScope = "default_scope"
        /// Nothing says it, so all that the client may.
        case allowed
    }

    package let names: Scope
    package let source: Source

    /// As the request has it; nil: it says nothing.
    var sent: Scope? { source == .defaultScope ? nil : names }

    init(_ question: ExplanationQuestion, for client: Client) {
        if let asked = question.scope {
            (names, source) = (asked, .question)
        } else if let own = client.metadata.defaultScope {
            (names, source) = (own, .defaultScope)
        } else {
            (names, source) = (client.metadata.scope, .allowed)
        }
    }
}

/// What an explanation took for granted, since whoever asks may not have said it.
package struct ExplanationAssumptions: Sendable {
    package let scope: ExplainedScope.Source
    /// Of a sign-in; nil: a service's request, which nobody signs in for.
    package let signIn: SignIn?

    package struct SignIn: Sendable {
        /// Nil: unknown.
        package let address: String?
        package let acr: String
    }

    /// Whole sentences, for people.
    package var sentences: [String] {
        var sentences: [String] = []
        if let signIn {
            let place = signIn.address.map { "from \($0)" } ?? "from an unknown address"
            sentences.append("The browser asks \(place), and the user has signed in with acr \(signIn.acr).")
        }
        switch scope {
        case .question: break
        case .defaultScope: sentences.append("The request names no scope, so the app’s default_scope counts.")
        case .allowed where signIn == nil:
            sentences.append("The request names no scope, so all that the app may have counts.")
        case .allowed:
            sentences.append(
                "The app asks for all that it may: it has no default_scope, and without one a request must name a scope."
            )
        }
        return sentences
    }

    var json: JSON {
        var members: [String: JSON] = [
            "scope_from": .string(scope.rawValue), "text": .string(sentences.joined(separator: " ")),
        ]
        if let signIn {
            members["address"] = signIn.address.map(JSON.string) ?? .null
            members["acr"] = .string(signIn.acr)
        }
        return .object(members)
    }
}
