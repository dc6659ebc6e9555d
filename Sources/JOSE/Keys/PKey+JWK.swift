import COpenSSL

extension PKey {
    /// RSA moduli in bits: below, too weak (RFC 7518 section 3.3); above, too slow to verify for whoever asks.
    private static let modulusBits = 2048...8192

    /// The key of a JWK: its public half only, or both.
    static func make(_ type: KeyType, from jwk: JWKMembers, isPrivate: Bool) throws(JWKError) -> PKey {
        switch type {
        case .rsa: try makeRSA(from: jwk, isPrivate: isPrivate)
        case .ec(let curve): try makeEC(curve, from: jwk, isPrivate: isPrivate)
        case .ed25519: try makeEd25519(from: jwk, isPrivate: isPrivate)
        }
    }

    /// RFC 7518 section 6.3.
    private static func makeRSA(from jwk: JWKMembers, isPrivate: Bool) throws(JWKError) -> PKey {
        let n = try jwk.integer("n")
        let e = Array(try jwk.integer("e").drop { $0 == 0 })
        // FIPS 186-5 appendix A.1.1: odd and at least 65537. Beyond 64 bits OpenSSL doesn't go.
        let isLongEnough = e.count > 3 || (e.count == 3 && e[0] >= 1)
        guard isLongEnough, e.count <= 8, (e.last ?? 0) & 1 == 1, (n.last ?? 0) & 1 == 1 else { throw .unusable }
        let parameters = ProviderParameters()
        parameters.add(OSSL_PKEY_PARAM_RSA_N, integer: n)
        parameters.add(OSSL_PKEY_PARAM_RSA_E, integer: e)
        if isPrivate {
            for (member, name) in rsaPrivateMembers { parameters.add(name, integer: try jwk.integer(member)) }
        }
        guard let key = make("RSA", isPrivate: isPrivate, from: parameters), modulusBits.contains(key.bits) else {
            throw .unusable
        }
        return key
    }

    /// RFC 7518 section 6.2.
    private static func makeEC(_ curve: EllipticCurve, from jwk: JWKMembers, isPrivate: Bool) throws(JWKError) -> PKey {
        let x = try jwk.bytes("x", count: curve.coordinateCount)
        let y = try jwk.bytes("y", count: curve.coordinateCount)
        let parameters = ProviderParameters()
        parameters.add(OSSL_PKEY_PARAM_GROUP_NAME, text: curve.rawValue)
        // SEC 1 section 2.3.3: 4, then both coordinates.
        parameters.add(OSSL_PKEY_PARAM_PUB_KEY, bytes: [4] + x + y)
        if isPrivate {
            parameters.add(OSSL_PKEY_PARAM_PRIV_KEY, integer: try jwk.bytes("d", count: curve.coordinateCount))
        }
        guard let key = make("EC", isPrivate: isPrivate, from: parameters), key.hasValidPublicKey else {
            throw .unusable
        }
        return key
    }

    /// RFC 8037 section 2.
    private static func makeEd25519(from jwk: JWKMembers, isPrivate: Bool) throws(JWKError) -> PKey {
        let x = try jwk.bytes("x", count: 32)
        guard isPrivate else {
            guard let key = makeEd25519(publicKey: x) else { throw .unusable }
            return key
        }
        guard let key = makeEd25519(privateKey: try jwk.bytes("d", count: 32)), key.rawPublicKey == x else {
            throw .unusable
        }
        return key
    }

    private static let rsaPrivateMembers = [
        ("d", OSSL_PKEY_PARAM_RSA_D),
        ("p", OSSL_PKEY_PARAM_RSA_FACTOR + "1"), ("q", OSSL_PKEY_PARAM_RSA_FACTOR + "2"),
        ("dp", OSSL_PKEY_PARAM_RSA_EXPONENT + "1"), ("dq", OSSL_PKEY_PARAM_RSA_EXPONENT + "2"),
        ("qi", OSSL_PKEY_PARAM_RSA_COEFFICIENT + "1"),
    ]

    /// The members that a thumbprint is made of (RFC 7638 section 3.2, RFC 8037 section 2).
    func requiredMembers(_ type: KeyType) throws(OpenSSLError) -> [String: JSON] {
        switch type {
        case .rsa:
            return [
                "kty": "RSA", "n": try encoded(integer(OSSL_PKEY_PARAM_RSA_N)),
                "e": try encoded(integer(OSSL_PKEY_PARAM_RSA_E)),
            ]
        case .ec(let curve):
            let count = curve.coordinateCount
            return [
                "kty": "EC", "crv": .string(curve.rawValue),
                "x": try encoded(integer(OSSL_PKEY_PARAM_EC_PUB_X, count: count)),
                "y": try encoded(integer(OSSL_PKEY_PARAM_EC_PUB_Y, count: count)),
            ]
        case .ed25519:
            return ["kty": "OKP", "crv": "Ed25519", "x": try encoded(rawPublicKey)]
        }
    }

    /// The members that make a private JWK of a public one.
    func privateMembers(_ type: KeyType) throws(OpenSSLError) -> [String: JSON] {
        switch type {
        case .rsa:
            var members: [String: JSON] = [:]
            for (member, name) in Self.rsaPrivateMembers { members[member] = try encoded(integer(name)) }
            return members
        case .ec(let curve):
            return ["d": try encoded(integer(OSSL_PKEY_PARAM_PRIV_KEY, count: curve.coordinateCount))]
        case .ed25519:
            return ["d": try encoded(rawPrivateKey)]
        }
    }

    private func encoded(_ bytes: [UInt8]?) throws(OpenSSLError) -> JSON {
        guard let bytes else { throw OpenSSLError("reading a key") }
        return .string(Base64URL.encode(bytes))
    }
}
