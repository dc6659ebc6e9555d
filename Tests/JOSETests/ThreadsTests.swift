import Dispatch
import JOSE
import Synchronization
import Testing

struct ThreadsTests {
    /// On threads as the program has them, all begun at once.
    private func onEightThreads(_ body: @escaping @Sendable (Int) throws -> Void) -> [String] {
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            do { try body(thread) } catch { failures.withLock { $0.append("\(error)") } }
        }
        return failures.withLock { $0 }
    }

    @Test(arguments: [SignatureAlgorithm.rs256, .ps256, .es256, .edDSA])
    func `eight threads sign and verify with one key`(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let failures = onEightThreads { thread in
            for round in 0..<100 {
                let claims: JSON = ["thread": .integer(Int64(thread)), "round": .integer(Int64(round))]
                let token = try JWS.sign(header: "at+jwt", claims: claims, key: key)
                let verified = try UnverifiedJWS(token).verified(
                    by: key.publicKey, algorithm: algorithm, type: "at+jwt")
                guard try verified.claims() == claims else { throw JWSError.claimsMalformed }
            }
        }
        #expect(failures.isEmpty)
    }

    @Test func `eight threads seal, open and hash`() throws {
        let seal = Seal(current: .generate(), context: "https://a.example")
        let purpose = Purpose(rawValue: "threads")
        let hash = try PasswordHash.hash(Array("correct horse".utf8))
        let failures = onEightThreads { thread in
            for round in 0..<200 {
                let bytes = [UInt8(thread), UInt8(round)]
                guard try seal.open(seal.seal(bytes, purpose: purpose), purpose: purpose) == bytes else {
                    throw SealError.unexpectedContent
                }
            }
            guard PasswordHash.verify(Array("correct horse".utf8), hash), !PasswordHash.verify([1], hash) else {
                throw PasswordHashError.unavailable
            }
        }
        #expect(failures.isEmpty)
    }
}
