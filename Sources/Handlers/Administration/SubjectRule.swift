import OIDCLogic

extension UserID {
    /// The subject of a user who comes from another server: 1 to 255 ASCII characters (OpenID Connect Core §2), none of
    /// them a space or invisible.
    init(choosing text: String) throws(AdministrationError) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid("sub is \"\(text)\"; it must have 1 to 255 characters of printable ASCII, without spaces")
        }
        self.init(text)
    }
}
