import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) with a nonce of 12 bytes and a tag of 16 bytes behind the ciphertext.
enum AESGCM {
    static let keyCount = 32
    static let nonceCount = 12
    static let tagCount = 16

    /// A key and nonce must never serve twice.
    static func seal(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], associated: [UInt8]) -> [UInt8] {
        precondition(key.count == keyCount && nonce.count == nonceCount)
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        var sealed = [UInt8](repeating: 0, count: plaintext.count + 16)
        var tag = [UInt8](repeating: 0, count: tagCount)
        var written: Int32 = 0
        guard unsafe EVP_EncryptInit_ex2(context, FetchedCipher.aes256GCM.pointer, key, nonce, nil) == 1,
            unsafe EVP_EncryptUpdate(context, nil, &written, associated, Int32(associated.count)) == 1,
            unsafe EVP_EncryptUpdate(context, &sealed, &written, plaintext, Int32(plaintext.count)) == 1,
            Int(written) == plaintext.count,
            unsafe EVP_EncryptFinal_ex(context, &tag, &written) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagCount), &tag) == 1
        else { cryptographyFailed("sealing") }
        sealed.replaceSubrange(plaintext.count..., with: tag)
        return sealed
    }

    /// Nil if the ciphertext, the tag or the associated bytes were changed.
    static func open(_ sealed: ArraySlice<UInt8>, key: [UInt8], nonce: [UInt8], associated: [UInt8]) -> [UInt8]? {
        precondition(key.count == keyCount && nonce.count == nonceCount)
        guard sealed.count >= tagCount else { return nil }
        let ciphertext = Array(sealed.dropLast(tagCount))
        var tag = Array(sealed.suffix(tagCount))
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        var plaintext = [UInt8](repeating: 0, count: ciphertext.count)
        var none = [UInt8](repeating: 0, count: tagCount)
        var written: Int32 = 0
        guard unsafe EVP_DecryptInit_ex2(context, FetchedCipher.aes256GCM.pointer, key, nonce, nil) == 1,
            unsafe EVP_DecryptUpdate(context, nil, &written, associated, Int32(associated.count)) == 1,
            unsafe EVP_DecryptUpdate(context, &plaintext, &written, ciphertext, Int32(ciphertext.count)) == 1,
            Int(written) == ciphertext.count,
            unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagCount), &tag) == 1
        else { cryptographyFailed("opening") }
        guard unsafe EVP_DecryptFinal_ex(context, &none, &written) == 1 else {
            ERR_clear_error()
            return nil
        }
        return plaintext
    }
}

/// An EVP_CIPHER, which OpenSSL lets all threads use at once. Never freed: it lives as long as the process.
@safe private struct FetchedCipher: @unchecked Sendable {
    static let aes256GCM = FetchedCipher()

    let pointer: OpaquePointer

    private init() {
        guard let fetched = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
            cryptographyFailed("fetching AES-256-GCM")
        }
        unsafe pointer = fetched
    }
}
