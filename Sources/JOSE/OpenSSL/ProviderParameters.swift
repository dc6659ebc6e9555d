import COpenSSL

/// A list of OSSL_PARAMs. OpenSSL's builder keeps pointers to the values until the list is made, and the list keeps those
/// to the names, so this owns copies of both, and wipes them at the end: the values may be keys.
@safe final class ProviderParameters {
    private let builder: OpaquePointer
    private var buffers = unsafe [UnsafeMutableRawBufferPointer]()
    private var integers = unsafe [OpaquePointer]()

    init() {
        guard let builder = unsafe OSSL_PARAM_BLD_new() else { cryptographyFailed("building parameters") }
        unsafe self.builder = builder
    }

    deinit {
        unsafe OSSL_PARAM_BLD_free(builder)
        // swift-format loses the `unsafe` of a loop's variable, so there is none.
        for index in unsafe buffers.indices {
            let buffer = unsafe buffers[index]
            unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
            unsafe buffer.deallocate()
        }
        for index in unsafe integers.indices { unsafe BN_clear_free(integers[index]) }
    }

    func add(_ name: String, bytes: [UInt8]) {
        let buffer = unsafe copy(bytes)
        accept(unsafe OSSL_PARAM_BLD_push_octet_string(builder, keep(name), buffer.baseAddress, bytes.count))
    }

    func add(_ name: String, text: String) {
        let buffer = unsafe copy(Array(text.utf8))
        accept(unsafe OSSL_PARAM_BLD_push_utf8_string(builder, keep(name), buffer.baseAddress, text.utf8.count))
    }

    /// An unsigned integer, its most significant byte first.
    func add(_ name: String, integer bytes: [UInt8]) {
        guard let integer = unsafe BN_bin2bn(bytes, Int32(bytes.count), nil) else {
            cryptographyFailed("building parameters")
        }
        unsafe integers.append(integer)
        accept(unsafe OSSL_PARAM_BLD_push_BN(builder, keep(name), integer))
    }

    /// Hands out the list of what was added, which this keeps until `body` returns.
    func withList<Result>(_ body: (UnsafeMutablePointer<OSSL_PARAM>) -> Result) -> Result {
        guard let list = unsafe OSSL_PARAM_BLD_to_param(builder) else { cryptographyFailed("building parameters") }
        defer { unsafe OSSL_PARAM_free(list) }
        // Swift may end this object after its last mention, which would be before the call of OpenSSL.
        return withExtendedLifetime(self) { unsafe body(list) }
    }

    private func accept(_ result: Int32) {
        guard result == 1 else { cryptographyFailed("building parameters") }
    }

    private func keep(_ name: String) -> UnsafePointer<CChar>? {
        unsafe UnsafePointer(copy(Array(name.utf8)).baseAddress?.assumingMemoryBound(to: CChar.self))
    }

    private func copy(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
        // Names and texts end with a NUL in C.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 1, alignment: 1)
        unsafe buffer.copyBytes(from: bytes)
        unsafe buffer[bytes.count] = 0
        unsafe buffers.append(buffer)
        return unsafe buffer
    }
}
