import JOSE

/// Signing in with a password.
package enum Authentication {
    /// RFC 8176 §2.
    package static let passwordAMR = ["pwd"]
    /// OpenID Connect Core §2: more than nothing (which is 0), less than a second factor.
    package static let passwordACR = "1"

    /// What checks a password. The same number of hashes is computed whether the user is known, disabled or unknown.
    ///
    /// - Parameters:
    ///   - verify: compares a password with a crypt(3) hash.
    ///   - improve: another hash of a right password, to keep in place of one of the past; nil if that one will do.
    package static func user(
        _ candidate: User?, password: String, decoy: String,
        verify: (_ password: String, _ hash: String) throws -> Bool,
        improve: (_ password: String, _ hash: String) throws -> String?
    ) rethrows -> AuthenticatedUser? {
        let isMatch = try verify(password, candidate?.passwordHash ?? decoy)
        guard let candidate, let hash = candidate.passwordHash, !candidate.isDisabled, isMatch else { return nil }
        return AuthenticatedUser(user: candidate, passwordHash: hash, betterHash: try improve(password, hash))
    }
}

/// A user whose password was right, at the time. Only this file makes one.
package struct AuthenticatedUser: Sendable {
    package let user: User
    /// What the password was compared with. It signs in only while the user still has it, and may sign in.
    package let passwordHash: String
    /// To be kept in its place.
    package let betterHash: String?

    fileprivate init(user: User, passwordHash: String, betterHash: String?) {
        self.user = user
        self.passwordHash = passwordHash
        self.betterHash = betterHash
    }
}
