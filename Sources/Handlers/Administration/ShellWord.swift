/// A word of a command that is shown to be copied.
enum ShellWord {
    /// Quoted unless nothing in it means anything to a shell: what came from outside must not become a command.
    static func quoted(_ text: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-".utf8)
        let isPlain = !text.isEmpty && text.utf8.first != UInt8(ascii: "-") && text.utf8.allSatisfy(plain.contains)
        guard !isPlain else { return text }
        let escaped = text.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
            .joined(separator: #"'\''"#)
        return "'\(escaped)'"
    }
}
