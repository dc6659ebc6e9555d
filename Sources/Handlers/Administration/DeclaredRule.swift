import OIDCLogic

/// What a file declares is changed by that file alone: a change made elsewhere would be undone by the next apply, or stay
/// unseen in what is kept under review.
struct DeclaredRule {
    let store: any DeclarationStore & ScopeStore & CustomClaimStore

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

    /// The roles and the claims of a client go with it. Throws ``AdministrationError`` if a file declares one of them: it
    /// would be gone, and what is declared not be so.
    func checkRemoval(ofWhatHangsOn client: ClientID) throws {
        let roles = try store.catalogue().roles.keys.sorted().filter { $0.owner == client }
        let claims = try store.customClaims(for: client).filter { $0.clientID == client }
        let hanging =
            roles.map { (name: DeclaredName.role($0), what: "role \"\($0)\"") }
            + claims.map { (name: DeclaredName.claim($0.id), what: "claim \"\($0.name)\"") }
        for (name, what) in hanging {
            guard let file = try store.declaration(of: name) else { continue }
            throw AdministrationError.declared(
                "the \(what) of the client is declared in \(file), and would go with it: take it out there, then "
                    + "\"postern apply --prune\", before you remove the client")
        }
    }

    /// The same of its removal.
    func checkRemoval(of name: DeclaredName, _ what: String) throws {
        guard let file = try store.declaration(of: name) else { return }
        throw AdministrationError.declared(
            "\(what) is declared in \(file): take it out there, then \"postern apply --prune\" (or \"--release\", to keep "
                + "it and be free to change it here)")
    }
}
