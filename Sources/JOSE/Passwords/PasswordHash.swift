/// Hashes of passwords by crypt(3). New ones are yescrypt at libxcrypt's default cost: about 30 ms and 16 MB each, so
/// whoever calls this limits how many run at once.
package enum PasswordHash {
    /// libxcrypt takes no more, and whoever sends more wants to keep the processor busy.
    package static let maximumPasswordBytes = 511

    /// What is compared when there is no such user, so that this costs what a wrong password costs. The password that
    /// it was made of was random and is not known.
    package static let decoy = "$y$j9T$GUGEPSEJpC0Z0jHNKbHgY/$mI19u5lropw0Gb6pfmiW.i8FGG8K93H12bojhW36MP8"

    /// Throws `PasswordHashError`.
    package static func hash(
        _ password: some Collection<UInt8>, random: some RandomSource = SystemRandom()
    ) throws(PasswordHashError) -> String {
        guard !password.isEmpty else { throw .empty }
        guard password.count <= maximumPasswordBytes else { throw .tooLong }
        guard !password.contains(0) else { throw .containsNUL }
        guard let settings = Crypt.settings(prefix: yescrypt, random: random.bytes(16)),
            let hash = Crypt.hash(Array(password), settings: settings)
        else { throw .unavailable }
        return hash
    }

    /// The same for a secret.
    package static func hash<Kind>(_ password: Secret<Kind>) throws(PasswordHashError) -> String {
        try hash(password.revealBytes())
    }

    /// Whether the hash was made of the password. False for a hash that `importability` refuses, and for a password
    /// that `hash` refuses. bcrypt looks at the first 72 bytes only.
    package static func verify(_ password: some Collection<UInt8>, _ hash: String) -> Bool {
        guard !password.isEmpty, password.count <= maximumPasswordBytes, !password.contains(0),
            importability(of: hash) == .ok, let computed = Crypt.hash(Array(password), settings: hash)
        else { return false }
        return constantTimeEqual(Array(computed.utf8), Array(hash.utf8))
    }

    /// The same for a secret.
    package static func verify<Kind>(_ password: Secret<Kind>, _ hash: String) -> Bool {
        verify(password.revealBytes(), hash)
    }

    /// Whether a hash that was right should be replaced: it is not yescrypt, or not of the cost of new ones.
    package static func needsRehash(_ hash: String) -> Bool {
        // `$y$`, parameters, `$`: the decoy has those of new hashes.
        guard let end = decoy.dropFirst(yescrypt.count).firstIndex(of: "$") else { return true }
        return !hash.utf8.starts(with: decoy[...end].utf8)
    }

    static let yescrypt = "$y$"
}

/// Why a password can't be hashed.
package enum PasswordHashError: Error, Equatable {
    case empty
    case tooLong
    case containsNUL
    /// libxcrypt doesn't know yescrypt, or has no memory for it.
    case unavailable
}
