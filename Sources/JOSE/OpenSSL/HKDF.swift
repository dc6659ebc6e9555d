import COpenSSL

/// HKDF (RFC 5869), extract and expand in one step.
package enum HKDF {
    /// `count` bytes of key material; at most 255 times 32.
    package static func sha256(
        key: some Collection<UInt8>, salt: some Collection<UInt8>, info: some Collection<UInt8>, count: Int
    ) -> [UInt8] {
        precondition((1...255 * 32).contains(count), "HKDF gives 1 to 8160 bytes")
        let parameters = ProviderParameters()
        parameters.add(OSSL_KDF_PARAM_DIGEST, text: HashFunction.sha256.name)
        parameters.add(OSSL_KDF_PARAM_KEY, bytes: Array(key))
        parameters.add(OSSL_KDF_PARAM_SALT, bytes: Array(salt))
        parameters.add(OSSL_KDF_PARAM_INFO, bytes: Array(info))
        var derived = [UInt8](repeating: 0, count: count)
        let context = unsafe EVP_KDF_CTX_new(FetchedKDF.hkdf.pointer)
        defer { unsafe EVP_KDF_CTX_free(context) }
        let isDerived = unsafe parameters.withList { unsafe EVP_KDF_derive(context, &derived, count, $0) == 1 }
        guard isDerived else { cryptographyFailed("deriving a key") }
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
