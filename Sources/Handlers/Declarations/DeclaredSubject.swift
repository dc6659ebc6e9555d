import JOSE
import OIDCLogic

/// What a step is about, as people call it.
package struct DeclaredSubject: Sendable, Equatable, CustomStringConvertible {
    package let name: DeclaredName
    /// Its name; of a claim, not its id.
    package let label: String
    /// The client whose it is, if that isn't in the name.
    package let client: String?

    init(_ name: DeclaredName, label: String? = nil, client: String? = nil) {
        self.name = name
        self.label = label ?? name.id.value
        self.client = client
    }

    init(_ object: DeclaredObject) {
        guard case .claim(let claim) = object else {
            self.init(object.name)
            return
        }
        self.init(object.name, label: claim.name.text, client: claim.clientID?.value)
    }

    package var description: String {
        "the \(name.kind.rawValue) \"\(label)\"" + (client.map { " of the client \"\($0)\"" } ?? "")
    }

    package var members: [String: JSON] {
        [
            "kind": .string(name.kind.rawValue), "name": .string(label), "client": client.map(JSON.string) ?? .null,
        ]
    }
}
