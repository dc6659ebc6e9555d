/// The path of an operation, below the API's own, or of a page, below the console's: `clients/{client_id}`.
struct RoutePath: Sendable, CustomStringConvertible {
    private enum Segment: Sendable {
        case word(String)
        case variable(String)
    }

    let description: String
    private let segments: [Segment]

    init(_ template: String) {
        description = template
        segments = template.split(separator: "/").map { part in
            part.hasPrefix("{") ? .variable(String(part.dropFirst().dropLast())) : .word(String(part))
        }
    }

    var variables: [String] {
        segments.compactMap { if case .variable(let name) = $0 { name } else { nil } }
    }

    /// The variables' values. Nil: the path is another.
    func match(_ path: [String]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(segments, path) {
            switch segment {
            case .word(let word): guard word.utf8.elementsEqual(part.utf8) else { return nil }
            case .variable(let name): values[name] = part
            }
        }
        return values
    }

    /// What a path's parts are once their escapes are resolved (RFC 3986 §2.1), so that a name may hold a slash. Nil for
    /// what is no path of ours.
    static func parts(of path: String) -> [String]? {
        var parts: [String] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            var bytes: [UInt8] = []
            var rest = part[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "%") else {
                    bytes.append(byte)
                    continue
                }
                guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else { return nil }
                bytes.append(high << 4 | low)
            }
            guard !bytes.isEmpty, bytes.count <= 1024, !bytes.contains(0),
                let text = String(validating: bytes, as: UTF8.self)
            else { return nil }
            parts.append(text)
        }
        return parts
    }
}

extension UInt8 {
    fileprivate var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}

extension RoutePath {
    /// A part of a path, its escapes made: nothing is left but what RFC 3986 §2.3 calls unreserved.
    static func escaped(_ part: String) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in part.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
