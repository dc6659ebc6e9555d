import JOSE
import OIDCLogic

/// Which file declares what, for lists.
package struct DeclaringFiles: Sendable {
    private let files: [DeclaredName: String]

    init(_ files: [DeclaredName: String]) { self.files = files }

    /// Nil: the command line or the API made it.
    package subscript(name: DeclaredName) -> String? { files[name] }

    /// The same object, with `declared_in` if a file declares it.
    package func mark(_ json: JSON, _ name: DeclaredName) -> JSON {
        guard case .object(var members) = json else { return json }
        members["declared_in"] = files[name].map(JSON.string)
        return .object(members)
    }
}
