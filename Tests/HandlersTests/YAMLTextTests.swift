import JOSE
import Testing
import Yams

@testable import Handlers

@Suite struct YAMLTextTests {
    @Test(arguments: [
        "", " ", "a", "a b", "a  b", " a", "a ", "a: b", "a:", "a #b", "#a", "- a", "-", "yes", "No", "null", "~",
        "true",
        "1", "1e3", "1:30", "0x1", ".5", "-1", "+1", "\"", "\\", "'", "a\"b", "{a}", "[a", "a,b", "&a", "*a", "!a", "|",
        ">", "%a", "@a", "`a", "?", "a\nb", "a\tb", "\r\n", "\u{0}", "\u{7F}", "\u{85}", "\u{A0}", "\u{2028}",
        "a\u{FEFF}b",
        "\u{202E}", "Zo\u{EB}", "Zoe\u{308}", "𝒵", "e\u{301}\"", "https://a.example/?b=c&d#e", "/a/b", "a@b", "---",
        "...",
        "\u{E0001}", "\u{FFFF}", String(repeating: "k", count: 1030), String(repeating: "\u{EB}", count: 1030),
    ])
    func `what is written is read again, in every place`(text: String) throws {
        let value = JSON.object([
            "text": .string(text), "list": [.string(text), .array([.string(text)])], "\(text)k": .string(text),
        ])
        let written =
            "- flow: \(YAMLText.flow(value))\n"
            + YAMLText.item([("a", .string(text)), ("b", [.string(text), .string(text)])], indent: "").joined(
                separator: "\n") + "\n"
        let node = try #require(try Yams.compose(yaml: written))
        let expected: JSON = [["flow": value], ["a": .string(text), "b": [.string(text), .string(text)]]]
        #expect(JSON(yaml: node) == expected, "\(written)")
    }

    @Test func `plain words stay plain, for who reads them`() {
        for text in ["Time sheets", "https://app.example.com/callback", "editor@shop", "orders:read", "/a/b"] {
            #expect(YAMLText.scalar(text) == text)
        }
    }
}
