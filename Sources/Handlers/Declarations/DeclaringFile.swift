/// A file that declares things.
struct DeclaringFile {
    /// As the store keeps it; see ``DeclarationPlace``.
    let name: String
    let calledAs: String
    /// Where the configuration lies: relative paths in this file are of that folder.
    let folder: String

    func place(_ line: Int?) -> DeclarationPlace { DeclarationPlace(file: name, source: calledAs, line: line) }
}
