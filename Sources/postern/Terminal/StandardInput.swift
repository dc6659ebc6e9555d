import Foundation
import Glibc

/// What is typed, or piped in.
enum StandardInput {
    static var isTerminal: Bool { isatty(0) == 1 }

    /// All of it. Throws if it has more than `limit` bytes.
    static func read(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= limit, let part = try FileHandle.standardInput.read(upToCount: limit + 1 - bytes.count),
            !part.isEmpty
        {
            bytes += part
        }
        guard bytes.count <= limit else { throw Failure("standard input has more than \(limit) bytes") }
        return bytes
    }

    /// A secret: all of it but the line's end.
    static func secret(_ name: String) throws -> String {
        var bytes = try read(limit: 4096)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("the \(name) on standard input is not UTF-8")
        }
        guard !text.isEmpty else { throw Failure("standard input holds no \(name)") }
        return text
    }
}
