import Testing

@testable import Handlers

/// RFC 4180 §2.
@Suite struct CSVTests {
    private func records(_ text: String) throws -> [[String]] {
        var csv = CSV(Array(text.utf8))
        var records: [[String]] = []
        while let record = try csv.next() { records.append(record.fields.map { String(decoding: $0, as: UTF8.self) }) }
        return records
    }

    private func lines(_ text: String) throws -> [Int] {
        var csv = CSV(Array(text.utf8))
        var lines: [Int] = []
        while let record = try csv.next() { lines.append(record.line) }
        return lines
    }

    @Test(
        arguments: [
            ("", []),
            ("\r\n\n\r", []),
            ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
            ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
            ("a\rb\r", [["a"], ["b"]]),
            ("a\n\n\r\nb\n", [["a"], ["b"]]),
            (",\n", [["", ""]]),
            ("a,\n,b", [["a", ""], ["", "b"]]),
            ("\"a\",\"\"\n", [["a", ""]]),
            ("\"\"\n", [[""]]),
            ("\"a,b\",\"c\"\"d\",\"\"\"\"", [["a,b", "c\"d", "\""]]),
            ("\"a\r\nb\",\"\n\"\r\nc,d", [["a\r\nb", "\n"], ["c", "d"]]),
            (" a , \"b", nil),
            (" a , b ", [[" a ", " b "]]),
            ("Zo\u{EB},\u{1F600}", [["Zo\u{EB}", "\u{1F600}"]]),
        ] as [(String, [[String]]?)])
    func `fields are told apart by commas, lines and quotes`(text: String, expected: [[String]]?) throws {
        guard let expected else {
            #expect(throws: CSV.Fault.self) { try records(text) }
            return
        }
        #expect(try records(text) == expected)
    }

    @Test func `a record is on the line where it begins`() throws {
        #expect(try lines("a\n\"b\nc\r\nd\re\"\n\nf\r\ng") == [1, 2, 7, 8])
    }

    @Test(arguments: [
        ("a\nb\"c\n", 2, "a quote stands within a field"),
        ("a\n\n\"b\" ,c\n", 3, "a comma must follow the closing quote"),
        ("\"b\"c", 1, "a comma must follow the closing quote"),
        ("a\n\"b\n\n\nc", 2, "the quote that opens here is never closed"),
        ("\"", 1, "the quote that opens here is never closed"),
        ("\"\"\"", 1, "the quote that opens here is never closed"),
    ])
    func `what breaks the grammar is told with its line`(text: String, line: Int, said: String) {
        do {
            _ = try records(text)
            Issue.record("it was read")
        } catch {
            #expect((error as? CSV.Fault)?.line == line)
            #expect((error as? CSV.Fault)?.text.hasPrefix(said) == true)
        }
    }
}
