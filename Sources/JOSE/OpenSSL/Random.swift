import COpenSSL

/// Where random bytes come from: handed in, so that a test can know them.
package protocol RandomSource: Sendable {
    func bytes(_ count: Int) -> [UInt8]
}

/// Bytes of OpenSSL's generator, which the kernel seeds.
package enum Random {
    /// Ends the process with a message if there are none: nothing that needs randomness may go on without.
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe RAND_bytes(&bytes, Int32(count)) == 1 else { cryptographyFailed("reading random bytes") }
        return bytes
    }
}

/// The source of every program; only tests have another one.
package struct SystemRandom: RandomSource {
    package init() {}
    package func bytes(_ count: Int) -> [UInt8] { Random.bytes(count) }
}
