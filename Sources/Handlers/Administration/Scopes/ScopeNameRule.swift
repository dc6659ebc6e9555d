import OIDCLogic

/// Which names a scope or a role may have (RFC 6749 §3.3).
enum ScopeNameRule {
    /// Throws ``AdministrationError`` for one that no request could hold, or that is built in.
    static func check(_ name: String) throws(AdministrationError) {
        let parsed = try? Scope(name)
        guard (1...255).contains(name.utf8.count), parsed?.names.count == 1, parsed?.contains(name) == true else {
            throw .invalid(
                "\"\(name)\" can't be a scope's name: that is 1 to 255 characters of printable ASCII, without spaces, "
                    + "quotation marks and backslashes"
            ).of("name")
        }
        guard name.hasPlaceInPath else { throw .noPlaceInPath(name).of("name") }
        guard !Scope.builtIn.contains(name) else {
            throw .invalid("\"\(name)\" is built in, and means the same everywhere; choose another name").of("name")
        }
    }

    /// Throws ``AdministrationError`` for a Mendix user role without a UUID, which no app would know.
    static func checkMendix(_ name: String) throws(AdministrationError) {
        if let fault = faultOfMendix(name) { throw .invalid(fault).of("name") }
    }

    /// What is wrong with a Mendix user role; nil: nothing, or it is none.
    static func faultOfMendix(_ name: String) -> String? {
        guard name.utf8.starts(with: Scope.mendixRolePrefix.utf8) else { return nil }
        let uuid = Array(name.utf8.dropFirst(Scope.mendixRolePrefix.utf8.count))
        let isUUID =
            uuid.count == 36
            && uuid.enumerated().allSatisfy { index, byte in
                [8, 13, 18, 23].contains(index)
                    ? byte == UInt8(ascii: "-") : Character(UnicodeScalar(byte)).isHexDigit
            }
        guard !isUUID else { return nil }
        return "\"\(name)\" must end in the UUID of the Mendix user role, such as "
            + "\(Scope.mendixRolePrefix)6f9619ff-8b86-d011-b42d-00c04fc964ff"
    }
}
