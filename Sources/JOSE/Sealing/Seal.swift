/// Seals values that leave this program and come back: nobody else can read or change them.
///
/// The sealed form is base64url of: key ID (4 bytes), salt (24), ciphertext, tag (16). Each value has an AES-256-GCM key
/// and nonce of its own, both derived by HKDF-SHA256 from the file's key, the random salt, and as `info` the purpose,
/// the context and the version, each behind its length. So no number of values wears out a key, and none opens for
/// another purpose, or for another issuer that was given the same key file.
package struct Seal: Sendable {
    private static let saltCount = 24
    private static let version = "v1"

    private let current: SealingKey
    private let keys: [SealingKey]
    /// Of ``keys``, in the same order: what codes are made with. Derived once, as codes have no salt.
    private let codeKeys: [[UInt8]]
    private let context: String
    private let random: any RandomSource

    /// Seals under `current`; opens what was sealed under any of the keys. `context` is the issuer.
    package init(
        current: SealingKey, older: [SealingKey] = [], context: String, random: some RandomSource = SystemRandom()
    ) {
        self.current = current
        keys = [current] + older
        self.context = context
        self.random = random
        codeKeys = keys.map {
            Self.derive(from: $0, salt: [], info: ["", "authentication code", context, Self.version]).key
        }
    }

    /// `associated` is not in the result, but must be the same when it is opened.
    package func seal(_ bytes: [UInt8], purpose: Purpose, associated: [UInt8] = []) -> String {
        let salt = random.bytes(Self.saltCount)
        let (key, nonce) = derive(from: current, salt: salt, purpose: purpose)
        let sealed = AESGCM.seal(bytes, key: key, nonce: nonce, associated: associated)
        return Base64URL.encode(current.keyID + salt + sealed)
    }

    /// Throws `SealError`: `.malformed`, `.unknownKey` or `.notAuthentic`.
    package func open(_ sealed: String, purpose: Purpose, associated: [UInt8] = []) throws(SealError) -> [UInt8] {
        let headCount = SealingKey.idCount + Self.saltCount
        guard let bytes = Base64URL.decode(sealed), bytes.count >= headCount + AESGCM.tagCount else { throw .malformed }
        let candidates = keys.filter { $0.keyID.elementsEqual(bytes[..<SealingKey.idCount]) }
        guard !candidates.isEmpty else { throw .unknownKey }
        for candidate in candidates {
            let salt = Array(bytes[SealingKey.idCount..<headCount])
            let (key, nonce) = derive(from: candidate, salt: salt, purpose: purpose)
            if let opened = AESGCM.open(bytes[headCount...], key: key, nonce: nonce, associated: associated) {
                return opened
            }
        }
        throw .notAuthentic
    }

    /// A code that only this program can make for these bytes and this purpose (HMAC-SHA256).
    package func authenticationCode(of bytes: [UInt8], purpose: Purpose) -> [UInt8] {
        code(of: bytes, purpose: purpose, by: codeKeys[0])
    }

    /// That of each key, as the code may have been made before the current one was.
    package func authenticationCodes(of bytes: [UInt8], purpose: Purpose) -> [[UInt8]] {
        codeKeys.map { code(of: bytes, purpose: purpose, by: $0) }
    }

    private func code(of bytes: [UInt8], purpose: Purpose, by key: [UInt8]) -> [UInt8] {
        // The length of the purpose in front: no two purposes give the same bytes.
        Digest.hmacSHA256(key: key, message: Self.lengthFirst(purpose.rawValue) + bytes)
    }

    private func derive(from key: SealingKey, salt: [UInt8], purpose: Purpose) -> (key: [UInt8], nonce: [UInt8]) {
        Self.derive(from: key, salt: salt, info: [purpose.rawValue, context, Self.version])
    }

    private static func derive(
        from key: SealingKey, salt: [UInt8], info parts: [String]
    ) -> (key: [UInt8], nonce: [UInt8]) {
        // Each behind its length: no two lists of parts give the same bytes.
        let info = parts.flatMap(lengthFirst)
        let derived = HKDF.sha256(
            key: key.bytes, salt: salt, info: info, count: AESGCM.keyCount + AESGCM.nonceCount)
        return (Array(derived[..<AESGCM.keyCount]), Array(derived[AESGCM.keyCount...]))
    }

    private static func lengthFirst(_ text: String) -> [UInt8] {
        let count = text.utf8.count
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + text.utf8
    }
}
