import JOSE
import OIDCLogic

/// One thing that an apply does.
package struct DeclarationStep: Sendable {
    package enum Action: String, Sendable, CaseIterable {
        case add, change, remove
        /// What the command line or the API made becomes a file's, as it is.
        case adopt
        /// From one file to another, as it is.
        case move
        /// It is no file's any more, as it is.
        case release
    }

    package let action: Action
    package let subject: DeclaredSubject
    /// Where it is declared; for what is removed or released, the file that declared it.
    package let file: String
    package let line: Int?
    /// Of what is added, all that is said of it.
    package let differences: [DeclarationDifference]
    /// What else happens by it.
    package let notes: [String]

    package var json: JSON {
        var members: [String: JSON] = [
            "action": .string(action.rawValue), "file": .string(file),
            "line": line.map { .integer(Int64($0)) } ?? .null,
            "changes": .array(differences.map(\.json)), "notes": .array(notes.map(JSON.string)),
        ]
        members.merge(subject.members) { first, _ in first }
        return .object(members)
    }
}
