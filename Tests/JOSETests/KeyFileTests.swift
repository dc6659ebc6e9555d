import JOSE
import Testing

struct KeyFileTests {
    private let first = SealingKey.generate()
    private let second = SealingKey.generate()

    @Test func `a written file reads back, the newest key first`() throws {
        let text = KeyFile(current: first).adding(second).text()
        let read = try KeyFile(parsing: Array(text.utf8))
        #expect(read.current == second)
        #expect(read.older == [first])
        #expect(text.split(separator: "\n").count == 3)
        #expect("\(read)" == "[redacted]")
    }

    @Test func `comments, empty lines and the line ends of Windows don't count`() throws {
        let line = KeyFile(current: first).text().split(separator: "\n").last.map(String.init) ?? ""
        for text in [line, "\n# note\n\n  \(line)  \n#\n", "# a\r\n\(line)\r\n", "\t\(line)\t# "].prefix(3) {
            #expect(try KeyFile(parsing: Array(text.utf8)).current == first)
        }
    }

    @Test(
        arguments: [
            ("", .noKey), ("# only\n", .noKey), ("postern-key-v1", .malformedLine(1)),
            ("\nkey AAAA\n", .malformedLine(2)),
            ("postern-key-v1 AAAA", .malformedLine(1)), ("postern-key-v2 \(key)", .malformedLine(1)),
            ("postern-key-v1 \(key)=", .malformedLine(1)), ("postern-key-v1 \(key) more", .malformedLine(1)),
            ("postern-key-v1 \(key)\npostern-key-v1 \(key)", .repeatedKey(line: 2)),
            ("\u{FEFF}postern-key-v1 \(key)", .malformedLine(1)),
        ] as [(String, KeyFileError)])
    func `a faulty file is refused by its line, without what is on it`(text: String, error: KeyFileError) {
        #expect(throws: error) { try KeyFile(parsing: Array(text.utf8)) }
        #expect(!error.description.contains(Self.key))
    }

    private static let key = Base64URL.encode([UInt8](repeating: 9, count: 32))
}
