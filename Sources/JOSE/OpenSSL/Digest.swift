/// Hashes of bytes (FIPS 180-4) and HMAC (RFC 2104).
package enum Digest {
    package static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] { HashFunction.sha256.digest(Array(bytes)) }
    package static func sha384(_ bytes: some Collection<UInt8>) -> [UInt8] { HashFunction.sha384.digest(Array(bytes)) }
    package static func sha512(_ bytes: some Collection<UInt8>) -> [UInt8] { HashFunction.sha512.digest(Array(bytes)) }

    package static func hmacSHA256(key: some Collection<UInt8>, message: some Collection<UInt8>) -> [UInt8] {
        HMAC.code(.sha256, key: Array(key), message: Array(message))
    }

    /// The same for what nearly all have, which needn't be copied by a function that knows no type.
    package static func hmacSHA256(key: [UInt8], message: [UInt8]) -> [UInt8] {
        HMAC.code(.sha256, key: key, message: message)
    }
}
