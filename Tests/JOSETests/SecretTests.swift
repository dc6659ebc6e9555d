import JOSE
import Testing

private enum Kind {}

struct SecretTests {
    private let secret = Secret<Kind>("correct horse")

    @Test func `a secret prints as redacted, by itself and within others`() {
        struct Holder { let secret: Secret<Kind> }
        var dumped = ""
        dump(Holder(secret: secret), to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\(Holder(secret: secret))", "\([secret])", dumped] {
            #expect(text.contains("[redacted]"))
            // As text, or as a list of bytes; an address in the name of a local type may have any digits.
            #expect(!text.contains("horse") && !text.contains("104, 111"))
        }
    }

    @Test func `a key prints as nothing that helps`() throws {
        let sealing = SealingKey.generate()
        let signing = try SigningKey.generate(.es256)
        var dumped = ""
        dump(sealing, to: &dumped)
        dump(signing, to: &dumped)
        #expect("\(sealing)" == "[redacted]")
        #expect("\(signing)" == "SigningKey(\(signing.keyID), ES256)")
        #expect(!dumped.contains("bytes") && !dumped.contains("operation"))
    }

    @Test func `it matches the same bytes only`() {
        #expect(secret.matches("correct horse"))
        #expect(secret.matches(Secret(bytes: Array("correct horse".utf8))))
        #expect(!secret.matches("correct hors"))
        #expect(!Secret<Kind>("\u{E9}").matches("e\u{301}"))
        #expect(secret.reveal() == "correct horse")
        #expect(secret.revealBytes() == Array("correct horse".utf8))
    }
}
