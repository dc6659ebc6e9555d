/// The text of a key file: a line `postern-key-v1 KEY` for each key, KEY being base64url of 32 bytes. The first is the
/// current one, the others open what was sealed before. Empty lines and lines that begin with `#` don't count.
///
/// Reading and writing the file, and its permissions, are others' work.
package struct KeyFile: Sendable {
    package let current: SealingKey
    /// Newest first.
    package let older: [SealingKey]

    private static let marker = "postern-key-v1"

    package init(current: SealingKey, older: [SealingKey] = []) {
        self.current = current
        self.older = older
    }

    /// Throws `KeyFileError`, which names the line and nothing of what is on it.
    package init(parsing bytes: [UInt8]) throws(KeyFileError) {
        var keys: [SealingKey] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
            guard words.count == 2, first.elementsEqual(Self.marker.utf8), let bytes = Base64URL.decode(words[1]),
                let key = SealingKey(bytes: bytes)
            else { throw .malformedLine(index + 1) }
            guard !keys.contains(key) else { throw .repeatedKey(line: index + 1) }
            keys.append(key)
        }
        guard let current = keys.first else { throw .noKey }
        self.init(current: current, older: Array(keys.dropFirst()))
    }

    /// A file with one new key in front of these.
    package func adding(_ key: SealingKey) -> KeyFile { KeyFile(current: key, older: [current] + older) }

    /// What to write to the file. It holds the keys: mode 0600.
    package func text() -> String {
        var text = "# Keys of Postern. The first one seals, all of them open. Keep this file secret, and keep a copy.\n"
        for key in [current] + older { text += "\(Self.marker) \(Base64URL.encode(key.bytes))\n" }
        return text
    }
}

extension KeyFile: CustomStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a key file was refused.
package enum KeyFileError: Error, Equatable, CustomStringConvertible {
    case noKey
    case malformedLine(Int)
    case repeatedKey(line: Int)

    package var description: String {
        switch self {
        case .noKey: "the file holds no key"
        case .malformedLine(let line): "line \(line) is not `postern-key-v1` and a key of 32 bytes in base64url"
        case .repeatedKey(let line): "line \(line) repeats a key"
        }
    }
}
