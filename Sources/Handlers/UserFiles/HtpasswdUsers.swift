import JOSE

/// A file of `htpasswd`: `NAME:HASH` a line, and after another colon what nginx takes for a comment.
enum HtpasswdUsers {
    static func read(_ bytes: [UInt8]) -> UserFile {
        var file = UserFile()
        for (number, line) in TextLines(bytes) where !line.isEmpty && line.first != UInt8(ascii: "#") {
            guard let text = String(validating: line, as: UTF8.self) else {
                file.faults.append(UserFileFault(line: number, "the line is not UTF-8"))
                continue
            }
            let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count > 1 else {
                file.faults.append(
                    UserFileFault(line: number, "the line must be NAME:HASH, as \"htpasswd -B\" writes it"))
                continue
            }
            file.add(
                ["username": .string(String(parts[0])), "password_hash": .string(String(parts[1]))], line: number)
        }
        return file
    }
}
