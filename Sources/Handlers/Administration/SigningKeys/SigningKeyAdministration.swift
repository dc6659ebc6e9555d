import JOSE
import OIDCLogic

/// What an administrator does with signing keys, and what is done with them by itself: see ``rotate(_:atOnce:seal:)``.
package struct SigningKeyAdministration {
    let store: any Store
    let lifetimes: Lifetimes
    let now: Clock

    package init(store: any Store, lifetimes: Lifetimes, now: @escaping Clock) {
        self.store = store
        self.lifetimes = lifetimes
        self.now = now
    }

    // MARK: What there is

    /// Oldest first.
    package func keys() throws -> [SigningKeyRecord] { try store.signingKeys() }

    /// What comes next, for each algorithm that a key signs by.
    package func plans() throws -> [SigningKeyPlan] { SigningKeyPlan.all(of: try keys(), lifetimes: lifetimes) }

    /// All that is known of each key, with what comes next of it. Oldest first.
    package func listed() throws -> [ListedSigningKey] {
        let keys = try keys()
        let plans = SigningKeyPlan.all(of: keys, lifetimes: lifetimes)
        let now = now()
        return keys.map { key in ListedSigningKey(key, plan: plans.first { $0.algorithm == key.algorithm }, at: now) }
    }

    /// One of them. Throws ``AdministrationError`` if it isn't there.
    package func listed(_ keyID: String) throws -> ListedSigningKey {
        guard let key = try listed().first(where: { $0.key.keyID == keyID }) else {
            throw AdministrationError.missing("there is no key \"\(keyID)\" any more")
        }
        return key
    }

    /// Whether the private half can be opened by `seal`, and is that of the public half.
    package func opens(_ record: SigningKeyRecord, with seal: Seal) -> Bool {
        guard let key = try? record.signingKey(opening: seal) else { return false }
        return key.keyID == record.keyID && key.algorithm == record.algorithm
    }

    // MARK: The first ones

    /// Makes an active key for each algorithm that ID tokens can be signed with and that has no active key. A key serves one
    /// algorithm only (RFC 8725 §3.1, RFC 7517 §4.4). `seal` is that of `signing.key`. Returns the new ones.
    package func createInitial(seal: Seal) throws -> [SigningKeyRecord] {
        let there = Set(try keys().filter { $0.status == .active }.map(\.algorithm))
        let time = now()
        let records = try ClientMetadata.signingAlgorithms.filter { !there.contains($0) }.map { algorithm in
            try SigningKeyRecord(
                active: NewSigningKey(algorithm).made(), sealedBy: seal, at: time, lifetimes: lifetimes)
        }
        guard !records.isEmpty else { return [] }
        do { try store.add(records) } catch StoreError.exists {
            // Another process has made some just now.
            return try createInitial(seal: seal)
        }
        return records
    }

    /// Makes an active key for an algorithm that has none yet, so that clients may ask for ID tokens by it. `seal` is that
    /// of `signing.key`.
    ///
    /// Throws ``AdministrationError`` for a name that there is none of, and where there is such a key.
    package func add(_ name: String, seal: Seal) throws -> SigningKeyRecord {
        let algorithm = try Self.algorithm(name)
        guard try !keys().contains(where: { $0.status == .active && $0.algorithm == algorithm }) else {
            throw AdministrationError.exists(
                "there is an active key for \(name) already; \"postern key rotate \(name)\" makes the one that comes after it"
            )
        }
        let record = try SigningKeyRecord(
            active: NewSigningKey(algorithm).made(), sealedBy: seal, at: now(), lifetimes: lifetimes)
        try store.add([record])
        return record
    }

    static func algorithm(_ name: String) throws(AdministrationError) -> SignatureAlgorithm {
        guard let algorithm = SignatureAlgorithm(rawValue: name) else {
            let names = SignatureAlgorithm.allCases.map(\.rawValue)
            throw .invalid(
                "the algorithm is \"\(name)\"; there are \(names.joined(separator: ", ")).\(Nearest.question(name, among: names))"
            )
        }
        return algorithm
    }
}
