import JOSE
import Testing

@testable import OIDCLogic

@Suite struct SigningKeyRecordTests {
    private let seal = Seal(current: .generate(), context: "https://login.example/oidc")

    private func record(of key: SigningKey) throws -> SigningKeyRecord {
        try SigningKeyRecord(sealing: key, by: seal, status: .active, createdAt: Timestamp(0))
    }

    @Test func `a sealed key opens as what it was, and its record shows the public half alone`() throws {
        let key = try SigningKey.generate(.es256)
        let record = try record(of: key)
        #expect(try record.signingKey(opening: seal).privateJWK() == key.privateJWK())
        #expect(record.keyID == key.keyID)
        #expect(record.publicJWK["d"] == nil)
    }

    @Test func `a private half that is put into another record does not open`() throws {
        let one = try record(of: .generate(.es256))
        let other = try record(of: .generate(.es256))
        let mixed = SigningKeyRecord(
            keyID: one.keyID, algorithm: one.algorithm, status: one.status, publicJWK: one.publicJWK,
            sealedPrivateJWK: other.sealedPrivateJWK, createdAt: one.createdAt)
        #expect(throws: (any Error).self) { try mixed.signingKey(opening: seal) }
    }
}
