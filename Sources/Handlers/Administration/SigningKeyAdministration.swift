import JOSE
import OIDCLogic

/// What an administrator does with signing keys.
package struct SigningKeyAdministration {
    private let store: any Store
    private let now: Clock

    package init(store: any Store, now: @escaping Clock) {
        self.store = store
        self.now = now
    }

    /// Makes an active key for each algorithm that ID tokens can be signed with and that has no active key. A key serves one
    /// algorithm only (RFC 8725 §3.1, RFC 7517 §4.4). `seal` is that of `signing.key`. Returns the new ones.
    package func createInitial(seal: Seal) throws -> [SigningKeyRecord] {
        let there = Set(try store.signingKeys().filter { $0.status == .active }.map(\.algorithm))
        let time = now()
        let records = try ClientMetadata.signingAlgorithms.filter { !there.contains($0) }.map { algorithm in
            try SigningKeyRecord(sealing: .generate(algorithm), by: seal, status: .active, createdAt: time)
        }
        if !records.isEmpty { try store.add(records) }
        return records
    }

    /// Makes an active key for an algorithm that has none yet, so that clients may ask for ID tokens by it. `seal` is that
    /// of `signing.key`.
    ///
    /// Throws ``AdministrationError`` for a name that there is none of, and where there is such a key.
    package func add(_ name: String, seal: Seal) throws -> SigningKeyRecord {
        guard let algorithm = SignatureAlgorithm(rawValue: name) else {
            let names = SignatureAlgorithm.allCases.map(\.rawValue)
            throw AdministrationError.invalid(
                "the algorithm is \"\(name)\"; there are \(names.joined(separator: ", ")).\(Nearest.question(name, among: names))"
            )
        }
        guard try !store.signingKeys().contains(where: { $0.status == .active && $0.algorithm == algorithm }) else {
            throw AdministrationError.exists("there is an active key for \(name) already")
        }
        let record = try SigningKeyRecord(sealing: .generate(algorithm), by: seal, status: .active, createdAt: now())
        try store.add([record])
        return record
    }

    /// Oldest first.
    package func keys() throws -> [SigningKeyRecord] { try store.signingKeys() }

    /// Whether the private half can be opened by `seal`, and is that of the public half.
    package func opens(_ record: SigningKeyRecord, with seal: Seal) -> Bool {
        guard let key = try? record.signingKey(opening: seal) else { return false }
        return key.keyID == record.keyID && key.algorithm == record.algorithm
    }
}

extension SigningKeyRecord {
    /// What an administrator sees: the public half.
    package var json: JSON {
        .object([
            "kid": .string(keyID),
            "alg": .string(algorithm.rawValue),
            "status": .string(status.rawValue),
            "created_at": .integer(createdAt.seconds),
            "public_jwk": publicJWK,
        ])
    }
}
