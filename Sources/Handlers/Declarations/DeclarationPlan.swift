import JOSE
import OIDCLogic

/// What an apply would do: made of what is there and what is declared, without changing anything.
package struct DeclarationPlan: Sendable {
    package let steps: [DeclarationStep]
    /// What files once declared and no longer name. It stays as it is, and is still theirs.
    package let leftovers: [DeclaredSubject]
    /// What is as declared, but was made by the command line or the API and stays theirs.
    package let unowned: [DeclaredSubject]
    package let warnings: [String]
    /// Those that are made, to be shown once.
    package let newSecrets: [ClientID: ClientSecret]
    let changes: [DeclaredChange]
    /// Of the store that it was made of.
    let generation: Int64

    package var isEmpty: Bool { steps.isEmpty }

    package func count(_ action: DeclarationStep.Action) -> Int { steps.count { $0.action == action } }

    /// The secret that a step makes.
    package func newSecret(of step: DeclarationStep) -> ClientSecret? {
        guard step.subject.name.kind == .client else { return nil }
        return newSecrets[ClientID(step.subject.name.id.value)]
    }

    /// `showingSecrets`: after they were stored.
    package func json(showingSecrets: Bool) -> JSON {
        let steps = steps.map { step -> JSON in
            guard showingSecrets, let secret = newSecret(of: step), var members = step.json.objectValue else {
                return step.json
            }
            members["client_secret"] = .string(secret.reveal())
            return .object(members)
        }
        var members: [String: JSON] = [
            "steps": .array(steps), "leftovers": .array(leftovers.map { .object($0.members) }),
            "unowned": .array(unowned.map { .object($0.members) }), "warnings": .array(warnings.map(JSON.string)),
        ]
        for action in DeclarationStep.Action.allCases { members[action.rawValue] = .integer(Int64(count(action))) }
        return .object(members)
    }
}
