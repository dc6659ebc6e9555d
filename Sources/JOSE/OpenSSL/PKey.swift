import COpenSSL

/// An EVP_PKEY: a public key, or a key pair. OpenSSL lets all threads use one at once.
@safe final class PKey: @unchecked Sendable {
    private let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe EVP_PKEY_free(pointer) }

    static func generateRSA(bits: Int) throws(OpenSSLError) -> PKey {
        try unsafe generate("RSA") { context in unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) }
    }

    static func generateEC(group: String) throws(OpenSSLError) -> PKey {
        try unsafe generate("EC") { context in unsafe EVP_PKEY_CTX_set_group_name(context, group) }
    }

    static func generateEd25519() throws(OpenSSLError) -> PKey {
        try unsafe generate("ED25519") { _ in 1 }
    }

    private static func generate(_ type: String, configure: (OpaquePointer?) -> Int32) throws(OpenSSLError) -> PKey {
        let context = unsafe EVP_PKEY_CTX_new_from_name(nil, type, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(context) == 1, unsafe configure(context) == 1,
            unsafe EVP_PKEY_generate(context, &made) == 1, let made = unsafe made
        else { throw OpenSSLError("generating a key") }
        return unsafe PKey(owning: made)
    }

    /// Nil if OpenSSL refuses the numbers: a point that is not on its curve, for example.
    static func make(_ type: String, isPrivate: Bool, from parameters: ProviderParameters) -> PKey? {
        let context = unsafe EVP_PKEY_CTX_new_from_name(nil, type, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        let selection = isPrivate ? copenssl_select_key_pair() : copenssl_select_public_key()
        var made: OpaquePointer?
        let isMade = unsafe parameters.withList { list in
            unsafe EVP_PKEY_fromdata_init(context) == 1
                && EVP_PKEY_fromdata(context, &made, selection, list) == 1
        }
        guard isMade, let made = unsafe made else {
            ERR_clear_error()
            return nil
        }
        return unsafe PKey(owning: made)
    }

    static func makeEd25519(publicKey bytes: [UInt8]) -> PKey? {
        unsafe owned(EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count))
    }

    static func makeEd25519(privateKey bytes: [UInt8]) -> PKey? {
        unsafe owned(EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, bytes, bytes.count))
    }

    private static func owned(_ pointer: OpaquePointer?) -> PKey? {
        guard let pointer = unsafe pointer else {
            ERR_clear_error()
            return nil
        }
        return unsafe PKey(owning: pointer)
    }

    /// Hands out the EVP_PKEY, which lives at least until `body` returns: Swift may end this object after its last
    /// mention, which would be before the call of OpenSSL.
    func withPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        withExtendedLifetime(self) { unsafe body(pointer) }
    }

    var bits: Int { unsafe withPointer { unsafe Int(EVP_PKEY_get_bits($0)) } }

    /// Whether the public half is a valid key of its kind (for EC: a point of the right order on the curve).
    var hasValidPublicKey: Bool {
        let context = unsafe withPointer { unsafe EVP_PKEY_CTX_new_from_pkey(nil, $0, nil) }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        defer { ERR_clear_error() }
        return unsafe EVP_PKEY_public_check(context) == 1
    }

    /// A number of the key, its most significant byte first; of `count` bytes, or as short as it can be.
    func integer(_ name: String, count: Int? = nil) -> [UInt8]? {
        var integer: OpaquePointer?
        defer { unsafe BN_clear_free(integer) }
        guard unsafe withPointer({ unsafe EVP_PKEY_get_bn_param($0, name, &integer) }) == 1 else {
            ERR_clear_error()
            return nil
        }
        let count = count ?? Int(unsafe BN_num_bits(integer) + 7) / 8
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe BN_bn2binpad(integer, &bytes, Int32(count)) == Int32(count) else { return nil }
        return bytes
    }

    /// The public bytes of an Ed25519 key (RFC 8032 section 5.1.5).
    var rawPublicKey: [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        let isRead = unsafe withPointer { unsafe EVP_PKEY_get_raw_public_key($0, &bytes, &count) == 1 }
        guard isRead, count == 32 else { return nil }
        return bytes
    }

    /// The private bytes of an Ed25519 key (RFC 8032 section 5.1.5).
    var rawPrivateKey: [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        let isRead = unsafe withPointer { unsafe EVP_PKEY_get_raw_private_key($0, &bytes, &count) == 1 }
        guard isRead, count == 32 else { return nil }
        return bytes
    }
}
