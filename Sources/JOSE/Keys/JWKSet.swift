/// A set of public keys (RFC 7517 section 5), as someone else publishes or registers it.
package struct JWKSet: Sendable {
    /// Far more than anyone publishes. A larger set is refused.
    package static let maximumKeys = 64
    /// Room for all of them, and for the certificates that some publish beside.
    package static let maximumBytes = 128 * 1024

    /// Those that serve here: keys for signatures, of a kind and size that ``VerificationKey`` takes.
    package let keys: [VerificationKey]

    /// Reads a published set. Keys that are of no use here are passed over, as RFC 7517 section 5 asks for.
    ///
    /// Throws `JWKError`: `.malformed` if it is not a JSON object with an array `keys` of at most ``maximumKeys``
    /// objects, or longer than ``maximumBytes``; `.notPublic` if any of them has a private or symmetric member: whoever
    /// published it has given it away.
    package init(parsing bytes: [UInt8]) throws(JWKError) {
        guard let json = try? JSON(parsing: bytes, maximumBytes: Self.maximumBytes) else { throw .malformed }
        try self.init(json)
    }

    /// The same, of JSON that is there already.
    package init(_ json: JSON) throws(JWKError) {
        guard let list = json["keys"]?.arrayValue, list.count <= Self.maximumKeys,
            list.allSatisfy({ $0.objectValue != nil })
        else { throw .malformed }
        var keys: [VerificationKey] = []
        for jwk in list {
            do throws(JWKError) { keys.append(try VerificationKey(publicJWK: jwk)) } catch {
                if error == .notPublic { throw error }
            }
        }
        self.keys = keys
    }

    /// The keys that may have signed what names `id` by its `kid`, or names none, with `algorithm`. There may be several
    /// without an id, or of one id.
    package func keys(id: String?, for algorithm: SignatureAlgorithm) -> [VerificationKey] {
        keys.filter { key in key.serves(algorithm) && id.map { key.keyID.hasSameBytes(as: $0) } ?? true }
    }

    package func has(id: String) -> Bool { keys.contains { $0.keyID.hasSameBytes(as: id) } }
}
