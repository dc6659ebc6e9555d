import JOSE
import Yams

extension JSON {
    /// Of YAML what JSON has: plain words are read as YAML's core schema says (YAML 1.2, section 10.3.2), quoted ones are
    /// strings. Nil for a key that is no word, or one that is there twice.
    init?(yaml node: Node) {
        switch node {
        case .scalar(let scalar): self = Self.scalar(scalar)
        case .sequence(let items):
            let values = items.compactMap(JSON.init(yaml:))
            guard values.count == items.count else { return nil }
            self = .array(values)
        case .mapping(let mapping):
            var members: [String: JSON] = [:]
            for (key, value) in mapping {
                guard let name = key.scalar?.string, let value = JSON(yaml: value),
                    members.updateValue(value, forKey: name) == nil
                else { return nil }
            }
            self = .object(members)
        default: return nil
        }
    }

    private static func scalar(_ scalar: Node.Scalar) -> JSON {
        guard scalar.style == .plain else { return .string(scalar.string) }
        switch scalar.string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: break
        }
        // Words such as "nan" are numbers to Swift alone.
        let mayBeNumber = scalar.string.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
        if mayBeNumber, let integer = Int64(scalar.string) { return .integer(integer) }
        if mayBeNumber, let number = Double(scalar.string), number.isFinite { return .number(number) }
        return .string(scalar.string)
    }
}

extension Node {
    /// What ``JSON/init(yaml:)`` reads as this.
    init(_ json: JSON) {
        self =
            switch json {
            case .string(let text): .scalar(Scalar(text, Tag(.str), .doubleQuoted))
            case .array(let items): .sequence(Sequence(items.map { Node($0) }))
            case .object(let members):
                .mapping(Mapping(members.sorted { $0.key < $1.key }.map { (Node(.string($0.key)), Node($0.value)) }))
            default: .scalar(Scalar(json.text, Tag(.implicit), .plain))
            }
    }
}
