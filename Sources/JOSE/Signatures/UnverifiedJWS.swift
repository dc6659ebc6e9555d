/// A JWS in compact form (RFC 7515 section 7.1) of which nothing is known to be true yet.
///
/// What its header says serves to find the key; nothing of it decides how the signature is checked (RFC 8725
/// section 3.1).
package struct UnverifiedJWS: Sendable {
    package static let maximumBytes = 16 * 1024

    /// The header's `alg`, whatever it is.
    package let algorithm: String
    /// The header's `kid`.
    package let keyID: String?
    /// The header's `typ`.
    package let type: String?

    /// What the sender claims. Only for finding out whose keys to verify with.
    package let unverifiedPayload: [UInt8]

    private let signed: [UInt8]
    private let signature: [UInt8]

    /// Throws `JWSError`: `.tooLong`, `.malformed` or `.unsupportedExtension`.
    package init(_ compact: String) throws(JWSError) {
        guard compact.utf8.count <= Self.maximumBytes else { throw .tooLong }
        let bytes = Array(compact.utf8)
        let parts = bytes.split(separator: JWS.separator, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let headerBytes = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), let header = try? JSON(parsing: headerBytes).objectValue,
            let algorithm = header["alg"]?.stringValue
        else { throw .malformed }
        guard header["crit"] == nil, header["b64"] == nil else { throw .unsupportedExtension }
        self.algorithm = algorithm
        keyID = try Self.optionalText(header["kid"])
        type = try Self.optionalText(header["typ"])
        unverifiedPayload = payload
        signed = Array(bytes[..<parts[1].endIndex])
        self.signature = signature
    }

    private static func optionalText(_ member: JSON?) throws(JWSError) -> String? {
        guard let member else { return nil }
        guard let text = member.stringValue else { throw .malformed }
        return text
    }

    /// Checks the signature with the algorithm that was agreed on beforehand. The header must name the same, and have
    /// the `typ` that is expected; `typeMayBeAbsent` is for tokens of others, which often have none.
    ///
    /// Throws `JWSError`: `.wrongAlgorithm`, `.wrongType` or `.wrongSignature`.
    package func verified(
        by key: VerificationKey, algorithm: SignatureAlgorithm, type: String, typeMayBeAbsent: Bool = false
    ) throws(JWSError) -> VerifiedJWS {
        try check(algorithm: algorithm.rawValue, type: type, typeMayBeAbsent: typeMayBeAbsent)
        guard key.verify(signature, for: signed, algorithm: algorithm) else { throw .wrongSignature }
        return VerifiedJWS(payload: unverifiedPayload, keyID: keyID)
    }

    /// The same with a secret, and the one algorithm that it serves.
    package func verified(
        by key: MACKey, type: String, typeMayBeAbsent: Bool = false
    ) throws(JWSError) -> VerifiedJWS {
        try check(algorithm: key.algorithm.rawValue, type: type, typeMayBeAbsent: typeMayBeAbsent)
        guard key.accepts(signature, for: signed) else { throw .wrongSignature }
        return VerifiedJWS(payload: unverifiedPayload, keyID: keyID)
    }

    /// The header's `typ` as far as it can be shown, if it is there and another than this one.
    package func type(otherThan type: String) -> String? {
        guard let own = self.type, Self.mediaType(own) != Self.mediaType(type) else { return nil }
        return String(decoding: own.utf8.prefix(32), as: UTF8.self)
    }

    private func check(algorithm: String, type: String, typeMayBeAbsent: Bool) throws(JWSError) {
        guard self.algorithm.hasSameBytes(as: algorithm) else { throw .wrongAlgorithm }
        if let own = self.type {
            guard Self.mediaType(own) == Self.mediaType(type) else { throw .wrongType }
        } else {
            guard typeMayBeAbsent else { throw .wrongType }
        }
    }

    /// RFC 7515 section 4.1.9: case doesn't matter, and `application/` is understood where there is no slash.
    private static func mediaType(_ type: String) -> [UInt8] {
        let lowercased = type.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return lowercased.contains(UInt8(ascii: "/")) ? lowercased : Array("application/".utf8) + lowercased
    }
}
