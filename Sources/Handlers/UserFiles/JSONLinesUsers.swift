import JOSE

/// JSON lines: an object a line, with the members that ``UserRecord`` knows.
enum JSONLinesUsers {
    /// Twice what attributes may have, in bytes.
    private static let limit = 64 * 1024

    static func read(_ bytes: [UInt8]) -> UserFile {
        var file = UserFile()
        for (number, line) in TextLines(bytes) where !line.allSatisfy({ $0 == UInt8(ascii: " ") }) {
            do throws(JSONError) {
                guard let members = try JSON(parsing: Array(line), maximumBytes: limit).objectValue else {
                    file.faults.append(UserFileFault(line: number, "the line must be a JSON object"))
                    continue
                }
                file.add(members, line: number)
            } catch {
                file.faults.append(UserFileFault(line: number, text(of: error)))
            }
        }
        return file
    }

    private static func text(of error: JSONError) -> String {
        switch error {
        case .tooLong: "the line has more than \(limit) bytes"
        case .tooDeep: "the JSON is nested too deep"
        case .invalidUTF8: "the line is not UTF-8"
        case .duplicateMember: "the JSON names a member twice"
        case .malformed: "the line is not JSON"
        }
    }
}
