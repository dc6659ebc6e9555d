/// The members of a JWK (RFC 7517 section 4), read strictly.
struct JWKMembers {
    private let object: [String: JSON]

    init(_ json: JSON) throws(JWKError) {
        guard let object = json.objectValue else { throw .malformed }
        self.object = object
    }

    func has(_ name: String) -> Bool { object[name] != nil }

    func text(_ name: String) throws(JWKError) -> String {
        guard let text = object[name]?.stringValue else { throw .member(name) }
        return text
    }

    func optionalText(_ name: String) throws(JWKError) -> String? {
        guard has(name) else { return nil }
        return try text(name)
    }

    /// Bytes in base64url, of exactly `count` bytes (RFC 7518 sections 6.2.1.2 and 6.2.2.1, RFC 8037 section 2).
    func bytes(_ name: String, count: Int) throws(JWKError) -> [UInt8] {
        guard let bytes = Base64URL.decode(try text(name)), bytes.count == count else { throw .member(name) }
        return bytes
    }

    /// An unsigned number. A leading zero byte is let pass, as many writers leave one (RFC 7518 section 6.3.1.1).
    func integer(_ name: String) throws(JWKError) -> [UInt8] {
        guard let bytes = Base64URL.decode(try text(name)), !bytes.isEmpty, bytes.count <= 1025 else {
            throw .member(name)
        }
        return bytes
    }

    /// The key's kind, by `kty` and `crv`.
    func keyType() throws(JWKError) -> KeyType {
        switch try text("kty") {
        case "RSA": return .rsa
        case "EC":
            guard let curve = EllipticCurve(rawValue: try text("crv")) else { throw .unsupported }
            return .ec(curve)
        case "OKP":
            guard try text("crv") == "Ed25519" else { throw .unsupported }
            return .ed25519
        default: throw .unsupported
        }
    }

    /// The algorithm that the key is bound to, or nil if it is open. Refuses a key whose `use` (section 4.2) or
    /// `key_ops` (section 4.3) says that it doesn't do `operation`, and one whose `alg` (section 4.4) doesn't fit.
    func algorithm(for type: KeyType, operation: String) throws(JWKError) -> SignatureAlgorithm? {
        if let use = try optionalText("use"), use != "sig" { throw .otherUse }
        if let operations = object["key_ops"] {
            guard let list = operations.arrayValue, list.allSatisfy({ $0.stringValue != nil }) else {
                throw .member("key_ops")
            }
            guard list.contains(.string(operation)) else { throw .otherUse }
        }
        guard let name = try optionalText("alg") else { return type.onlyAlgorithm }
        guard let algorithm = SignatureAlgorithm(rawValue: name), type.serves(algorithm) else { throw .otherUse }
        return algorithm
    }
}
