import OIDCLogic

extension UserID {
    /// The subject of a user who comes from another server: 1 to 255 ASCII characters (OpenID Connect Core §2), none of
    /// them a space or invisible.
    init(choosing text: String) throws(AdministrationError) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid("sub is \"\(text)\"; it must have 1 to 255 characters of printable ASCII, without spaces")
        }
        // OpenID Connect Core §2: "never reassigned", so one user's is never another's, as an app knows that one.
        guard !SubjectIdentifiers.reserve(text) else {
            throw .invalid(
                "sub is \"\(text)\"; what begins with \"\(SubjectIdentifiers.pairwisePrefix)\" is made here, for apps of "
                    + "subject_type pairwise")
        }
        self.init(text)
    }
}
