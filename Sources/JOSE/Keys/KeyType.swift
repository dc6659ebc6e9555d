/// What a key is, which decides the algorithms that it may serve.
enum KeyType: Sendable, Equatable {
    case rsa
    case ec(EllipticCurve)
    case ed25519

    func serves(_ algorithm: SignatureAlgorithm) -> Bool {
        switch (self, algorithm.scheme) {
        case (.rsa, .rsaPKCS1), (.rsa, .rsaPSS), (.ed25519, .edDSA): true
        case (.ec(let curve), .ecdsa(let needed)): curve == needed
        default: false
        }
    }

    /// The only algorithm that it serves, or nil if there are several.
    var onlyAlgorithm: SignatureAlgorithm? {
        let served = SignatureAlgorithm.allCases.filter(serves)
        return served.count == 1 ? served[0] : nil
    }
}
