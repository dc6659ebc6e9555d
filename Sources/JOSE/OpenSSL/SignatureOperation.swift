import COpenSSL

/// Signing or verifying with one key and one algorithm, set up once and copied for each message: setting it up looks up
/// the algorithm by its name, which would cost as much as a tenth of an ECDSA signature.
///
/// All threads may use one at once: the set-up context is only read.
@safe final class SignatureOperation: @unchecked Sendable {
    private let template: OpaquePointer
    /// The template holds a reference of its own to the EVP_PKEY.
    private let key: PKey

    static func signing(with key: PKey, algorithm: SignatureAlgorithm) throws(OpenSSLError) -> SignatureOperation {
        let operation = try SignatureOperation(key)
        try unsafe operation.setUp(algorithm, EVP_DigestSignInit_ex)
        return operation
    }

    static func verifying(with key: PKey, algorithm: SignatureAlgorithm) throws(OpenSSLError) -> SignatureOperation {
        let operation = try SignatureOperation(key)
        try unsafe operation.setUp(algorithm, EVP_DigestVerifyInit_ex)
        return operation
    }

    private init(_ key: PKey) throws(OpenSSLError) {
        guard let template = unsafe EVP_MD_CTX_new() else { throw OpenSSLError("preparing a signature") }
        unsafe self.template = template
        self.key = key
    }

    deinit { unsafe EVP_MD_CTX_free(template) }

    private typealias Initialize = (
        OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, UnsafePointer<CChar>?, OpaquePointer?,
        UnsafePointer<CChar>?, OpaquePointer?, UnsafePointer<OSSL_PARAM>?
    ) -> Int32

    private func setUp(_ algorithm: SignatureAlgorithm, _ initialize: Initialize) throws(OpenSSLError) {
        var keyContext: OpaquePointer?
        // Ed25519 hashes by itself and takes no name (RFC 8032).
        let hash = algorithm.scheme == .edDSA ? nil : algorithm.hash.name
        var isReady = unsafe key.withPointer { pointer in
            unsafe initialize(template, &keyContext, hash, nil, nil, pointer, nil) == 1
        }
        if isReady, algorithm.scheme == .rsaPSS {
            // RFC 7518 section 3.5: MGF1 with the same hash, a salt as long as the hash.
            isReady =
                unsafe EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, Int32(algorithm.hash.byteCount)) == 1
        }
        guard isReady else { throw OpenSSLError("preparing a signature") }
    }

    /// One message is processed by `body` in a copy of the set-up context.
    private func withCopy<Result>(_ body: (OpaquePointer) -> Result?) -> Result? {
        guard let copy = unsafe EVP_MD_CTX_new() else { return nil }
        defer { unsafe EVP_MD_CTX_free(copy) }
        // Swift may end this object after its last mention, which would be before OpenSSL has made the copy.
        let isCopied = withExtendedLifetime(self) { unsafe EVP_MD_CTX_copy_ex(copy, template) == 1 }
        guard isCopied else { return nil }
        // The copy serves once: without the flag OpenSSL would copy it again to finish.
        unsafe EVP_MD_CTX_set_flags(copy, EVP_MD_CTX_FLAG_FINALISE)
        return unsafe body(copy)
    }

    /// The signature as OpenSSL makes it: for ECDSA that is DER.
    func sign(_ bytes: [UInt8], maximumCount: Int) throws(OpenSSLError) -> [UInt8] {
        let signature: [UInt8]? = unsafe withCopy { context in
            var signature = [UInt8](repeating: 0, count: maximumCount)
            var count = signature.count
            guard unsafe EVP_DigestSign(context, &signature, &count, bytes, bytes.count) == 1 else { return nil }
            signature.removeLast(signature.count - count)
            return signature
        }
        guard let signature else { throw OpenSSLError("signing") }
        return signature
    }

    func verify(_ signature: [UInt8], for bytes: [UInt8]) -> Bool {
        let isValid: Bool? = unsafe withCopy { context in
            unsafe EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count) == 1
        }
        guard isValid == true else {
            ERR_clear_error()
            return false
        }
        return true
    }
}
