import JOSE

package enum PasswordKind {}
/// What a user signs in with.
package typealias Password = Secret<PasswordKind>

/// Which passwords a user may be given.
enum PasswordRule {
    static let fewestCharacters = 8

    /// A crypt(3) hash of it. Throws as ``check(_:)``, and `PasswordHashError`.
    static func hash(_ password: Password) throws -> String {
        try check(password)
        return try PasswordHash.hash(password)
    }

    /// Length is what counts (NIST SP 800-63B §5.1.1.2); a line break can't be typed into a page. Throws
    /// ``AdministrationError``.
    static func check(_ password: Password) throws(AdministrationError) {
        let text = password.reveal()
        guard text.unicodeScalars.count >= fewestCharacters else {
            throw refusal("the password has fewer than \(fewestCharacters) characters; choose a longer one")
        }
        guard text.utf8.count <= PasswordHash.maximumPasswordBytes else {
            throw refusal("the password has more than \(PasswordHash.maximumPasswordBytes) bytes")
        }
        guard !text.utf8.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) else {
            throw refusal("the password has a line break or a NUL, which no sign-in page can send")
        }
    }

    private static func refusal(_ text: String) -> AdministrationError { .invalid(text).of("password") }

    /// 120 random bits, in letters and digits.
    static func generate(from random: some RandomSource) -> Password {
        Password(Base32.encode(random.bytes(15)))
    }
}
