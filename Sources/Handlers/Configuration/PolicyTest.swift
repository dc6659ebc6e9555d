import JOSE
import OIDCLogic

/// A case of the administrator's, with what the policy must answer.
package struct PolicyTest: Sendable {
    package enum Expectation: Sendable, Equatable {
        case granted(Scope)
        case refused
    }

    package let name: String
    package let question: ScopeQuestion
    package let expectation: Expectation

    /// What the policy answers instead, and why; nil if it answers as expected.
    package func failure(of policy: ScopePolicy) -> String? {
        let decision = policy.decide(question)
        switch (decision.answer, expectation) {
        case (.refused, .refused): return nil
        case (.granted(let granted), .granted(let expected)) where granted == expected: return nil
        case (.refused(let finding), .granted(let expected)):
            return "expected \(Self.text(expected)), but the user is refused by rule \(finding)"
        case (.granted(let granted), .refused):
            return "expected a refusal, but \(Self.text(granted)) is granted"
        case (.granted(let granted), .granted(let expected)):
            let reasons = decision.scopes.filter { $0.isGranted != expected.contains($0.name) }
                .map { "\($0.name): \($0.reason)" }
            return
                "expected \(Self.text(expected)), granted is \(Self.text(granted)) (\(reasons.joined(separator: "; ")))"
        }
    }

    private static func text(_ scope: Scope) -> String { scope.isEmpty ? "nothing" : "\"\(scope)\"" }
}
