import JOSE
import Testing

@testable import OIDCLogic

@Suite struct SigningKeyRecordTests {
    private let seal = Seal(current: .generate(), context: "https://login.example/oidc")
    private let noon = Timestamp(1_800_000_000)

    private func active(_ key: SigningKey) throws -> SigningKeyRecord {
        try SigningKeyRecord(active: key, sealedBy: seal, at: noon, lifetimes: Lifetimes())
    }

    @Test func `a sealed key opens as what it was, and its record shows the public half alone`() throws {
        let key = try SigningKey.generate(.es256)
        for record in [try active(key), try SigningKeyRecord(next: key, sealedBy: seal, at: noon)] {
            #expect(try record.signingKey(opening: seal).privateJWK() == key.privateJWK())
            #expect(record.keyID == key.keyID)
            #expect(record.publicJWK["d"] == nil)
        }
    }

    @Test func `a private half that is put into another record does not open`() throws {
        let one = try active(.generate(.es256))
        let other = try active(.generate(.es256))
        let mixed = SigningKeyRecord(
            keyID: one.keyID, algorithm: one.algorithm, publicJWK: one.publicJWK, createdAt: one.createdAt,
            state: other.state)
        #expect(throws: (any Error).self) { try mixed.signingKey(opening: seal) }
    }

    @Test func `a key that signs no more has no private half`() throws {
        let active = try active(.generate(.es256))
        let ended = [
            active.retired(at: noon, lifetimes: Lifetimes()), active.revoked(at: noon, lifetimes: Lifetimes()),
        ]
        for record in ended {
            #expect(record.state.sealedPrivateJWK == nil)
            #expect(throws: (any Error).self) { try record.signingKey(opening: seal) }
        }
    }

    @Test func `a key is published until the last of its tokens has ended, and kept until the last session has`() throws
    {
        var lifetimes = Lifetimes()
        lifetimes.idToken = 2 * 3600
        lifetimes.session = 5 * 86_400
        lifetimes.sessionRemembered = 4 * 86_400
        let retired = try active(.generate(.es256)).retired(at: noon, lifetimes: lifetimes)
        let end = noon + (2 * 3600 + 86_400)
        #expect(retired.isPublished(at: end + -1) && !retired.isPublished(at: end))
        #expect(retired.verifies && retired.state.keptUntil == noon + 5 * 86_400)
        #expect(retired.isPublished(at: noon + -1_000_000), "a clock that was set back takes nothing away")

        // OpenID Connect RP-Initiated Logout 1.0 §2: a hint serves for as long as its session.
        lifetimes.sessionRemembered = 30 * 86_400
        let remembered = try active(.generate(.es256)).retired(at: noon, lifetimes: lifetimes).state.keptUntil
        #expect(remembered == noon + 30 * 86_400)

        lifetimes.session = 60
        lifetimes.sessionRemembered = nil
        let kept = try active(.generate(.es256)).retired(at: noon, lifetimes: lifetimes).state.keptUntil
        #expect(kept == end, "never for less than it is published")
    }

    @Test func `tokens that lived longer once are remembered when their key ends`() throws {
        var long = Lifetimes()
        long.resourceAccessToken = 30 * 86_400
        let noted = try active(.generate(.es256)).noting(long)
        let retired = noted.noting(Lifetimes()).retired(at: noon, lifetimes: Lifetimes())
        #expect(retired.isPublished(at: noon + (31 * 86_400 - 1)))
    }

    @Test func `a key that was revoked is published no more, counts for nothing, and stays so`() throws {
        let revoked = try active(.generate(.es256)).revoked(at: noon, lifetimes: Lifetimes())
        #expect(!revoked.isPublished(at: noon) && !revoked.isPublished(at: noon + -1) && !revoked.verifies)
        for again in [
            revoked.activated(at: noon, lifetimes: Lifetimes()), revoked.retired(at: noon, lifetimes: Lifetimes()),
            revoked.revoked(at: noon + 1, lifetimes: Lifetimes()),
        ] { #expect(again == revoked) }
    }
}
