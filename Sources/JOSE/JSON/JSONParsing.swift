import FoundationEssentials

extension JSON {
    /// Enough for any document that this program reads without saying otherwise.
    package static let defaultMaximumBytes = 64 * 1024
    package static let defaultMaximumDepth = 32

    /// Reads one JSON text, and nothing after it.
    ///
    /// Throws `JSONError`: longer than `maximumBytes`, arrays and objects nested deeper than `maximumDepth`, not UTF-8,
    /// two members of one name in an object, half of a surrogate pair, or not JSON.
    package init(
        parsing bytes: [UInt8], maximumBytes: Int = defaultMaximumBytes, maximumDepth: Int = defaultMaximumDepth
    ) throws(JSONError) {
        guard bytes.count <= maximumBytes else { throw .tooLong }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .invalidUTF8 }
        try JSONScanner.check(bytes, maximumDepth: maximumDepth)
        do {
            self = try JSONDecoder().decode(JSON.self, from: Data(bytes))
        } catch {
            throw .malformed
        }
    }
}

extension JSON: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // A decoder doesn't tell what comes next, so ask in the order of what is likely.
        if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else if let value = try? container.decode([String: JSON].self) {
            self = .object(value)
        } else {
            let value = try container.decode(Double.self)
            guard value.isFinite else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "A number is too large.")
            }
            self = .number(value)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
