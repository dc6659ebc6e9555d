import Logging
import Synchronization
import Testing

@testable import Handlers

struct LineLogHandlerTests {
    private final class Lines: Sendable {
        let text = Mutex("")

        func log() -> Logger {
            Logger(label: "postern") {
                LineLogHandler(label: $0, time: { "2027-01-15T08:00:00Z" }) { line in
                    self.text.withLock { $0 += String(decoding: line, as: UTF8.self) }
                }
            }
        }
    }

    /// What is written for one value, without the time.
    private func written(_ value: String, level: Logger.Level = .notice) -> String {
        let lines = Lines()
        lines.log().log(level: level, "refused", metadata: ["cause": "\(value)"])
        let line = lines.text.withLock { $0 }
        return String(line.drop { $0 != " " }.dropFirst())
    }

    private func line(_ cause: String) -> String { "notice postern: cause=\(cause) [HandlersTests] refused\n" }

    @Test(arguments: [
        ("plain-value", "plain-value"),
        ("two words", "\"two words\""),
        ("", "\"\""),
        ("x error=forged", "\"x error=forged\""),
        ("a\" error=\"b", "\"a\\\" error=\\\"b\""),
        ("x\n2027-01-15 notice postern: forged", "\"x\\n2027-01-15 notice postern: forged\""),
        ("\r\n\t", "\"\\x0d\\n\\x09\""),
        ("\u{1B}[2J", "\"\\x1b[2J\""),
        ("\u{7F}\u{9B}", "\"\\x7f\\xc2\\x9b\""),
        ("\u{2028}\u{202E}é", "\"\\xe2\\x80\\xa8\\xe2\\x80\\xae\\xc3\\xa9\""),
        ("\\n", "\\\\n"),
    ])
    func `nothing of a request ends its line, its value or the terminal's mode`(value: String, expected: String) {
        #expect(written(value) == line(expected))
    }

    @Test func `a value is bounded`() {
        #expect(written(String(repeating: "a", count: 200)) == line(String(repeating: "a", count: 200)))
        #expect(written(String(repeating: "a", count: 9000)) == line(String(repeating: "a", count: 200) + "..."))
        #expect(written(String(repeating: "a", count: 9000), level: .error).utf8.count < 1100)
    }

    @Test func `a message, a name and what goes with every line are escaped as well`() {
        let lines = Lines()
        var log = lines.log()
        log[metadataKey: "kept"] = "a\nb"
        log.notice("one\ntwo")
        log.notice("refused", metadata: ["a\nb": ["c\nd", ["e": "f\ng"]]])
        let text = lines.text.withLock { $0 }
        #expect(text.utf8.count { $0 == 0x0A } == 2)
        #expect(text.hasSuffix("refused\n"))
    }
}
