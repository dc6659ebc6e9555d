import OIDCLogic

/// What a file declares is changed by that file alone: a change made elsewhere would be undone by the next apply, or stay
/// unseen in what is kept under review.
struct DeclaredRule {
    let store: any DeclarationStore

    /// `what` is what it is called, such as `the client "shop"`.
    ///
    /// Throws ``AdministrationError`` with the file to edit.
    func checkChange(of name: DeclaredName, _ what: String) throws {
        guard let file = try store.declaration(of: name) else { return }
        let secret =
            name.kind == .client
            ? "; for a new secret: postern apply --new-secret \(ShellWord.quoted(name.id.value))" : ""
        throw AdministrationError.declared(
            "\(what) is declared in \(file): change it there, then \"postern apply\"\(secret)")
    }

    /// The same of its removal.
    func checkRemoval(of name: DeclaredName, _ what: String) throws {
        guard let file = try store.declaration(of: name) else { return }
        throw AdministrationError.declared(
            "\(what) is declared in \(file): take it out there, then \"postern apply --prune\" (or \"--release\", to keep "
                + "it and be free to change it here)")
    }
}
