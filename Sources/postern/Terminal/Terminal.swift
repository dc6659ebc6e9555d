import Foundation
import Glibc

/// The terminal that someone sits at.
enum Terminal {
    /// Whether standard output may be coloured (https://no-color.org).
    static let hasColour =
        isatty(1) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
        && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    static func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    /// Asks for a new secret twice, without showing it.
    static func newSecret(_ prompt: String) throws -> String {
        let first = try secret("\(prompt): ")
        guard try secret("The same again: ").utf8.elementsEqual(first.utf8) else {
            throw Failure("the two were not the same; nothing was changed")
        }
        return first
    }

    /// True if whoever sits there types "yes".
    static func confirms(_ question: String) -> Bool {
        print(question, terminator: " ")
        fflushAll()
        return readLine() == "yes"
    }

    private static func secret(_ prompt: String) throws -> String {
        var settings = termios()
        guard unsafe tcgetattr(0, &settings) == 0 else { throw Failure("the terminal can't be read from") }
        let echoing = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        guard unsafe tcsetattr(0, TCSAFLUSH, &settings) == 0 else { throw Failure("the terminal can't be silenced") }
        // An interrupt while nothing is shown must not leave the terminal silent.
        let saved = SilencedTerminal(echoing)
        defer { saved.restore() }
        // Only now: whoever types as soon as they are asked is not shown, and nothing of it is lost.
        FileHandle.standardError.write(Data(prompt.utf8))
        guard let line = readLine() else { throw Failure("nothing was typed") }
        FileHandle.standardError.write(Data("\n".utf8))
        return line
    }

    private static func fflushAll() { fflush(nil) }
}
