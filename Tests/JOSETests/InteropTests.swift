import Foundation
import JOSE
import Testing

private let python = ProcessInfo.processInfo.environment["POSTERN_TEST_PYTHON"]

/// Against Python's joserfc, in both directions. `POSTERN_TEST_PYTHON` names an interpreter that has it.
@Suite(.enabled(if: python != nil, "POSTERN_TEST_PYTHON is not set"))
struct InteropTests {
    private static let claims: JSON = [
        "iss": "https://login.example/oidc", "name": "Zoë \"Z\" 😀\n", "exp": 4_102_444_800, "aud": ["a", "b"],
        "address": ["country": "NL"], "email_verified": true,
    ]

    private func ask(_ request: JSON) throws -> JSON {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "Interop/joserfc_peer.py")
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = [script.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(request.serialized()))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSON(parsing: [UInt8](answer))
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `joserfc verifies what we sign`(algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let token = try JWS.sign(header: "JWT", claims: Self.claims, key: key)
        let answer = try ask([
            "do": "verify", "alg": .string(algorithm.rawValue), "jwk": key.publicKey.publicJWK, "token": .string(token),
        ])
        #expect(answer["claims"] == Self.claims)
        #expect(answer["header"] == ["alg": .string(algorithm.rawValue), "kid": .string(key.keyID), "typ": "JWT"])
        #expect(answer["thumbprint"]?.stringValue == key.keyID)
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `we verify what joserfc signs, and sign with its key`(algorithm: SignatureAlgorithm) throws {
        let alg = JSON.string(algorithm.rawValue)
        let answer = try ask(["do": "sign", "alg": alg, "claims": Self.claims])
        let key = try VerificationKey(publicJWK: #require(answer["jwk"]).changing(["kid": nil]))
        #expect(key.thumbprint == answer["thumbprint"]?.stringValue)
        let verified = try UnverifiedJWS(#require(answer["token"]?.stringValue))
            .verified(by: key, algorithm: algorithm, type: "JWT")
        #expect(verified.keyID == "peer")
        #expect(try verified.claims() == Self.claims)

        let signingKey = try SigningKey(privateJWK: #require(answer["private_jwk"]).changing(["alg": alg]))
        let token = try JWS.sign(header: "JWT", claims: Self.claims, key: signingKey)
        let checked = try ask([
            "do": "verify", "alg": alg, "jwk": #require(answer["jwk"]), "token": .string(token),
        ])
        #expect(checked["claims"] == Self.claims)
    }

    @Test(arguments: MACAlgorithm.allCases)
    func `joserfc takes our codes, and we take its`(algorithm: MACAlgorithm) throws {
        let alg = JSON.string(algorithm.rawValue)
        let answer = try ask(["do": "sign", "alg": alg, "claims": Self.claims])
        let jwk = try #require(answer["private_jwk"])
        let secret = try #require(jwk["k"]?.stringValue.flatMap { Base64URL.decode($0) })
        let key = try #require(MACKey(secret, for: algorithm))
        let verified = try UnverifiedJWS(#require(answer["token"]?.stringValue)).verified(by: key, type: "JWT")
        #expect(try verified.claims() == Self.claims)

        let token = JWS.authenticate(header: "JWT", claims: Self.claims, key: key)
        let checked = try ask(["do": "verify", "alg": alg, "jwk": jwk, "token": .string(token)])
        #expect(checked["claims"] == Self.claims)
        #expect(checked["header"] == ["alg": alg, "typ": "JWT"])
    }
}
