import JOSE

/// Signing in with a password.
package enum Authentication {
    /// RFC 8176 §2.
    package static let passwordAMR = ["pwd"]
    /// OpenID Connect Core §2: more than nothing (which is 0), less than a second factor.
    package static let passwordACR = "1"

    /// What checks a password. The same number of hashes is computed whether the user is known, disabled or unknown.
    ///
    /// - Parameter verify: compares a password with a crypt(3) hash.
    package static func user(
        _ candidate: User?, password: String, decoy: String, verify: (_ password: String, _ hash: String) throws -> Bool
    ) rethrows -> User? {
        let isMatch = try verify(password, candidate?.passwordHash ?? decoy)
        guard let candidate, candidate.passwordHash != nil, !candidate.isDisabled, isMatch else { return nil }
        return candidate
    }
}
