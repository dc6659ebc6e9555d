import CCrypt
import COpenSSL

/// crypt(3) of libxcrypt, in the forms that any number of threads may call at once.
enum Crypt {
    /// The hash of the phrase with the settings, which may be a whole hash. Nil if the settings are not understood.
    /// Neither may hold a NUL.
    static func hash(_ phrase: [UInt8], settings: String) -> String? {
        var phrase = phrase.map { CChar(bitPattern: $0) } + [0]
        var memory: UnsafeMutableRawPointer?
        var count: Int32 = 0
        defer {
            unsafe OPENSSL_cleanse(&phrase, phrase.count)
            if let memory = unsafe memory { unsafe OPENSSL_cleanse(memory, Int(count)) }
            unsafe ccrypt_free(memory)
        }
        guard let result = unsafe crypt_ra(phrase, settings, &memory, &count) else { return nil }
        let hash = unsafe String(cString: result)
        // A failure is told by a hash that no phrase has.
        return hash.utf8.first == UInt8(ascii: "*") ? nil : hash
    }

    /// Settings of libxcrypt's default cost with the salt that the random bytes make. Nil if the library lacks the kind.
    static func settings(prefix: String, random: [UInt8]) -> String? {
        let random = random.map { CChar(bitPattern: $0) }
        guard let result = unsafe crypt_gensalt_ra(prefix, 0, random, Int32(random.count)) else { return nil }
        defer { unsafe ccrypt_free(result) }
        return unsafe String(cString: result)
    }
}
