import JOSE
import Testing

@testable import OIDCLogic

/// What an upstream says of its user, as a trace shows it.
struct TracedSecretsTests {
    private static let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbXkifQ.c2lnbmF0dXJl"
    private static let encrypted = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXY.dGV4dA.dGFn"

    @Test func `aggregated and distributed claims show no token`() {
        let claims: JSON = [
            "sub": "amy", "_claim_names": ["groups": "src1", "address": "src2"],
            "_claim_sources": [
                "src1": ["endpoint": "https://graph.example/groups", "access_token": "opaque"],
                "src2": ["JWT": .string(Self.token)],
            ],
        ]
        #expect(
            TracedSecrets.cut(claims) == [
                "sub": "amy", "_claim_names": ["groups": "src1", "address": "src2"],
                "_claim_sources": [
                    "src1": ["endpoint": "https://graph.example/groups", "access_token": "(cut out)"],
                    "src2": ["JWT": "(cut out)"],
                ],
            ])
    }

    @Test(
        arguments: [
            ["idp_access_token": "opaque"], ["brokeredToken": "opaque"], ["x": [["client-secret": "opaque"]]],
            ["tokens": ["opaque"]], ["api_keys": ["opaque"]], ["token2": "opaque"], ["password": 1234],
            ["a": [.string(token)]], ["a": ["b": .string(encrypted)]],
            ["note": .string("Bearer \(token)")], ["link": .string("https://idp.example/?t=\(token)&x=1")],
        ] as [JSON])
    func `what is named like a secret, or looks like a token, is cut out at any depth`(claims: JSON) {
        let cut = TracedSecrets.cut(claims).text
        #expect(cut.contains("(cut out)"))
        for secret in ["opaque", "1234", "eyJ"] { #expect(!cut.contains(secret)) }
    }

    @Test func `what expressions made of them is known again`() {
        let secrets = TracedSecrets.values(in: [
            "sub": "amy", "idp": [["access_token": "opaque", "tokens": ["other"]]],
        ])
        #expect(secrets == ["opaque", "other"])
        #expect(
            TracedSecrets.cut(["note": "opaque", "all": ["other", "amy"]], and: secrets)
                == ["note": "(cut out)", "all": ["(cut out)", "amy"]])
    }

    @Test(
        arguments: [
            ["token_type": "Bearer", "token_use": "id"], ["has_token": true, "secret": .null],
            ["email": "amy.b.c@example.org", "picture": "https://x.example/a.b.c"], ["postal_code": "1010"],
            ["at_hash": "HK6E_P6Dh8Y93mRNtsDB1Q", "sid": "08a5019c-17e1-4977-8f42-65a12843ea02"],
            ["groups": ["a.b.c", "com.example.app"], "password_changed_at": 1_700_000_000],
            ["version": "eyJ4IjoxfQ.b.c", "name": "Amy"],
        ] as [JSON])
    func `ordinary claims stay as they are`(claims: JSON) {
        #expect(TracedSecrets.cut(claims) == claims)
    }
}
