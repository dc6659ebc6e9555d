import JOSE
import Testing

struct Base64Tests {
    /// RFC 4648 section 10.
    static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: vectors) func `the vectors of RFC 4648 go both ways`(text: String, encoded: String) {
        let bytes = Array(text.utf8)
        let unpadded = encoded.filter { $0 != "=" }
        #expect(Base64.encode(bytes) == encoded)
        #expect(Base64.decode(encoded) == bytes)
        #expect(Base64.decode(unpadded) == bytes, "padding may be absent")
        #expect(Base64URL.encode(bytes) == unpadded)
        #expect(Base64URL.decode(unpadded) == bytes)
    }

    @Test func `the two alphabets differ in their last two digits`() {
        #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        #expect(Base64URL.decode("+/8") == nil)
        #expect(Base64.decode("-_8=") == nil)
    }

    @Test func `all bytes come back, at every length`() {
        let bytes = Array(UInt8.min...UInt8.max)
        for count in 0...bytes.count {
            let part = Array(bytes[..<count])
            #expect(Base64URL.decode(Base64URL.encode(part)) == part)
            #expect(Base64.decode(Base64.encode(part)) == part)
        }
    }

    @Test(arguments: [
        "A", "AAAAA", "Zg==", "Zg=", "Zm8=", "Zm9v=", "Zh", "Zm9", "Zm 9v", "Zm9v\n", " Zm9v", "Zm9v.", "Zm\09", "Zé9v",
        "====",
        "ＺＧ",
    ])
    func `base64url has one spelling: no padding, no space, no bits left over`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(arguments: [
        "A", "Zg=", "Zg===", "Zm8==", "Zm9v=", "Zh==", "Zm9=", "Z=g=", "=", "==", "====", "Zm9v====", "Zm 9",
    ])
    func `standard base64 is refused where padding or the last bits are wrong`(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
