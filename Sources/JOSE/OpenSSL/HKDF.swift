import COpenSSL

/// HKDF (RFC 5869), extract and expand in one step.
package enum HKDF {
    /// `count` bytes of key material; at most 255 times 32.
    package static func sha256(
        key: some Collection<UInt8>, salt: some Collection<UInt8>, info: some Collection<UInt8>, count: Int
    ) -> [UInt8] {
        precondition((1...255 * 32).contains(count), "HKDF gives 1 to 8160 bytes")
        let (key, salt, info) = (Array(key), Array(salt), Array(info))
        var derived = [UInt8](repeating: 0, count: count)
        let result = unsafe copenssl_hkdf(
            FetchedKDF.hkdf.pointer, HashFunction.sha256.name, key, key.count, salt, salt.count, info, info.count,
            &derived, count)
        guard result == 1 else { cryptographyFailed("deriving a key") }
        return derived
    }
}

/// An EVP_KDF, which OpenSSL lets all threads use at once. Never freed: it lives as long as the process.
@safe private struct FetchedKDF: @unchecked Sendable {
    static let hkdf = FetchedKDF()

    let pointer: OpaquePointer

    private init() {
        guard let fetched = unsafe EVP_KDF_fetch(nil, "HKDF", nil) else { cryptographyFailed("fetching HKDF") }
        unsafe pointer = fetched
    }
}
