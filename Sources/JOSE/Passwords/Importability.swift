/// Whether a password hash that another program made serves here.
package enum Importability: Equatable, Sendable {
    case ok
    /// The reason and what to do, as a sentence for the administrator.
    case refused(reason: String)
}

extension PasswordHash {
    /// Accepts crypt(3) hashes whose one computation has a bearable cost: yescrypt, gost-yescrypt, scrypt, bcrypt, SHA-512
    /// and SHA-256. A hash that would cost minutes or gigabytes is refused: each attempt to sign in would.
    package static func importability(of hash: String) -> Importability {
        let bytes = Array(hash.utf8)
        guard bytes.count <= 256, bytes.allSatisfy({ (0x21...0x7E).contains($0) }), !bytes.contains(UInt8(ascii: ":"))
        else { return refusal("is not a crypt(3) hash") }
        guard let kind = CryptKind.of(bytes) else {
            for (prefix, name) in unsafeKinds where hash.utf8.starts(with: prefix.utf8) {
                return refusal("is \(name), which is too weak")
            }
            return refusal(bytes.count == 13 ? "is DES, which is too weak" : "is of no known kind")
        }
        guard kind.isComplete(bytes) else { return refusal("is not a whole hash") }
        guard kind.isBearable(bytes) else { return refusal("has a cost beyond what a sign-in may take") }
        return .ok
    }

    private static let unsafeKinds = [
        ("$apr1$", "Apache's MD5"), ("{SHA}", "unsalted SHA-1"), ("{SSHA}", "SHA-1"), ("$1$", "MD5"),
        ("$sha1$", "SHA-1"), ("$md5", "MD5"), ("$3$", "NTLM"), ("_", "DES"),
    ]

    private static func refusal(_ finding: String) -> Importability {
        .refused(reason: "The password hash \(finding). Make a new one, for example with `htpasswd -B`.")
    }
}
