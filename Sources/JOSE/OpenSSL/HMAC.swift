import COpenSSL

/// HMAC (RFC 2104) with any of the hash functions.
enum HMAC {
    static func code(_ function: HashFunction, key: [UInt8], message: [UInt8]) -> [UInt8] {
        let parameters = ProviderParameters()
        parameters.add(OSSL_MAC_PARAM_DIGEST, text: function.name)
        var code = [UInt8](repeating: 0, count: function.byteCount)
        var written = 0
        let context = unsafe EVP_MAC_CTX_new(FetchedMAC.hmac.pointer)
        defer { unsafe EVP_MAC_CTX_free(context) }
        // A null pointer would mean the key of before; an empty array gives one.
        let start = key.isEmpty ? [0] : key
        let isReady = unsafe parameters.withList { unsafe EVP_MAC_init(context, start, key.count, $0) == 1 }
        guard isReady, unsafe EVP_MAC_update(context, message, message.count) == 1,
            unsafe EVP_MAC_final(context, &code, &written, code.count) == 1, written == code.count
        else { cryptographyFailed("computing an HMAC") }
        return code
    }
}

/// An EVP_MAC, which OpenSSL lets all threads use at once. Never freed: it lives as long as the process.
@safe private struct FetchedMAC: @unchecked Sendable {
    static let hmac = FetchedMAC()

    let pointer: OpaquePointer

    private init() {
        guard let fetched = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else { cryptographyFailed("fetching HMAC") }
        unsafe pointer = fetched
    }
}
