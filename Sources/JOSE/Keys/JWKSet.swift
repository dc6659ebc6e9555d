/// A set of public keys (RFC 7517 section 5).
package struct JWKSet: Sendable {
    /// Far more than anyone publishes. What stands behind them is not looked at.
    package static let maximumKeys = 64

    package let keys: [VerificationKey]

    package init(_ keys: [VerificationKey]) { self.keys = keys }

    /// Reads a published set. Keys that are of no use here are skipped, as RFC 7517 section 5 asks for.
    ///
    /// Throws `JWKError.malformed` if it is not a JSON object with an array `keys`, or longer than 64 KiB.
    package init(parsing bytes: [UInt8]) throws(JWKError) {
        guard let json = try? JSON(parsing: bytes) else { throw .malformed }
        try self.init(json)
    }

    /// The same, of JSON that is there already.
    package init(_ json: JSON) throws(JWKError) {
        guard let list = json["keys"]?.arrayValue else { throw .malformed }
        keys = list.prefix(Self.maximumKeys).compactMap { try? VerificationKey(publicJWK: $0) }
    }

    /// The first key of that ID.
    package func key(id: String) -> VerificationKey? { keys.first { $0.keyID.hasSameBytes(as: id) } }

    /// What `jwks_uri` serves.
    package var publicJSON: JSON { ["keys": .array(keys.map(\.publicJWK))] }
}
