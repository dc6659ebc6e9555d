import JOSE

/// A key that is made once, when it is needed: it takes a while, and others may come between.
final class NewSigningKey {
    private let algorithm: SignatureAlgorithm
    private var key: SigningKey?

    init(_ algorithm: SignatureAlgorithm) { self.algorithm = algorithm }

    func made() throws -> SigningKey {
        if let key { return key }
        var made = try SigningKey.generate(algorithm)
        // A command line takes such an id for an option.
        while made.keyID.utf8.first == UInt8(ascii: "-") { made = try SigningKey.generate(algorithm) }
        key = made
        return made
    }
}
