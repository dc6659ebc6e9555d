import COpenSSL

/// The two forms of an ECDSA signature: r ‖ s, each as long as the group's order, in JOSE (RFC 7518 section 3.4), and
/// DER (RFC 3279 section 2.2.3) in OpenSSL.
enum ECDSASignature {
    static func raw(der: [UInt8], coordinateCount: Int) -> [UInt8]? {
        var signature: OpaquePointer?
        unsafe der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            unsafe signature = d2i_ECDSA_SIG(nil, &position, buffer.count)
        }
        defer { unsafe ECDSA_SIG_free(signature) }
        guard unsafe signature != nil else { return nil }
        let count = Int32(coordinateCount)
        var r = [UInt8](repeating: 0, count: coordinateCount)
        var s = r
        guard unsafe BN_bn2binpad(ECDSA_SIG_get0_r(signature), &r, count) == count,
            unsafe BN_bn2binpad(ECDSA_SIG_get0_s(signature), &s, count) == count
        else { return nil }
        return r + s
    }

    /// Nil if the signature has not exactly the length that the curve asks for.
    static func der(raw: [UInt8], coordinateCount: Int) -> [UInt8]? {
        guard raw.count == 2 * coordinateCount else { return nil }
        let count = Int32(coordinateCount)
        let signature = unsafe ECDSA_SIG_new()
        defer { unsafe ECDSA_SIG_free(signature) }
        let r = unsafe BN_bin2bn(raw, count, nil)
        let s = unsafe BN_bin2bn(Array(raw.suffix(coordinateCount)), count, nil)
        // From here on the signature owns both numbers.
        guard unsafe ECDSA_SIG_set0(signature, r, s) == 1 else {
            unsafe BN_free(r)
            unsafe BN_free(s)
            return nil
        }
        var der = [UInt8](repeating: 0, count: 2 * coordinateCount + 16)
        let written = unsafe der.withUnsafeMutableBufferPointer { buffer in
            var position = buffer.baseAddress
            return unsafe i2d_ECDSA_SIG(signature, &position)
        }
        guard written > 0 else { return nil }
        der.removeLast(der.count - Int(written))
        return der
    }
}
