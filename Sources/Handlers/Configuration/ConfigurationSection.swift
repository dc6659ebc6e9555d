import JOSE
import Yams

/// One level of a configuration. Whoever reads a key by it declares that the key is known.
final class ConfigurationSection {
    /// A value as it was written, and where.
    struct Value {
        let text: String
        let place: ConfigurationPlace
    }

    private let reading: ConfigurationReading
    private let entries: [(key: String, line: Int?, node: Node)]
    private let path: [String]
    private let manualPath: [String]
    /// Items of lists can't be named by a variable.
    private let isListItem: Bool
    private var known: [String] = []

    /// `manualPath` is the path as the manual writes it: `pools.NAME` for each pool.
    init(
        _ reading: ConfigurationReading, _ mapping: Node.Mapping?, path: [String], manualPath: [String],
        isListItem: Bool = false
    ) {
        self.reading = reading
        self.isListItem = isListItem
        self.path = path
        self.manualPath = manualPath
        entries = mapping.map { $0.map { ($0.key.scalar?.string ?? "", $0.key.mark?.line, $0.value) } } ?? []
    }

    /// The keys that stand here, with their lines.
    var names: [(name: String, line: Int?)] { entries.map { ($0.key, $0.line) } }

    /// Such as `lifetimes.code`.
    func name(of key: String) -> String { (path + [key]).joined(separator: ".") }

    func line(of key: String) -> Int? { entry(key)?.line }

    /// The value's own text, be it quoted or not; nil if it is absent or empty.
    func value(_ key: String) -> Value? {
        let variable = isListItem ? nil : variable(for: key)
        declare(key, variable: variable)
        if let variable, let text = reading.environment[variable] {
            return text.isEmpty ? nil : Value(text: text, place: .variable(variable))
        }
        guard let entry = entry(key), !entry.node.isEmptyValue else { return nil }
        guard case .scalar(let scalar) = entry.node else {
            reading.fault("\(name(of: key)) must be a single value, not a list or a section", line: entry.line)
            return nil
        }
        return Value(text: scalar.string, place: .line(entry.line))
    }

    /// The parsed value; `fallback` if it is absent or wrong, and then the fault says `expected`.
    func value<Parsed>(
        _ key: String, default fallback: Parsed, expected: String, parse: (String) -> Parsed?
    ) -> Parsed {
        guard let value = value(key) else { return fallback }
        guard let parsed = parse(value.text) else {
            fault(key, value, expected)
            return fallback
        }
        return parsed
    }

    func integer(_ key: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
        value(
            key, default: fallback, expected: "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
        ) { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// In seconds.
    func duration(_ key: String, in range: ClosedRange<Int64>, default fallback: Int64) -> Int64 {
        guard let value = value(key) else { return fallback }
        guard let seconds = WrittenDuration.seconds(value.text) else {
            fault(key, value, "must be \(WrittenDuration.explanation)")
            return fallback
        }
        guard range.contains(seconds) else {
            let bounds = "\(WrittenDuration.text(range.lowerBound)) to \(WrittenDuration.text(range.upperBound))"
            fault(key, value, "must be from \(bounds)")
            return fallback
        }
        return seconds
    }

    /// The items of a list of plain values; a single value counts as a list of one. Nil if it is absent or no list.
    /// `hasVariable`: a variable of the environment may list them, apart by commas.
    func values(_ key: String, hasVariable: Bool = false) -> [Value]? {
        let variable = hasVariable ? variable(for: key) : nil
        declare(key, variable: variable)
        if let variable, let text = reading.environment[variable], !text.isEmpty {
            return text.split(separator: ",").map { Value(text: String($0), place: .variable(variable)) }
        }
        guard let entry = entry(key), !entry.node.isEmptyValue else { return nil }
        switch entry.node {
        case .scalar(let scalar): return [Value(text: scalar.string, place: .line(entry.line))]
        case .sequence(let items) where items.allSatisfy({ $0.scalar != nil }):
            return items.compactMap { item in
                item.scalar.map { Value(text: $0.string, place: .line($0.mark?.line ?? entry.line)) }
            }
        default:
            reading.fault("\(name(of: key)) must be a list of names, such as [one, two]", line: entry.line)
            return nil
        }
    }

    /// An empty section if it is absent.
    func section(_ key: String, manual: String? = nil) -> ConfigurationSection {
        declare(key, variable: nil, isSection: true)
        var mapping: Node.Mapping?
        if let entry = entry(key), !entry.node.isEmptyValue {
            mapping = entry.node.mapping
            if mapping == nil {
                reading.fault("\(name(of: key)) must be a section with keys of its own", line: entry.line)
            }
        }
        return ConfigurationSection(reading, mapping, path: path + [key], manualPath: manualPath + [manual ?? key])
    }

    /// Of tokens that others sign. RS256 unless it is said; nil: what is said is wrong.
    func signatureAlgorithms(_ key: String) -> [SignatureAlgorithm]? {
        guard let values = values(key) else { return [.rs256] }
        let known = SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
        let algorithms = values.compactMap { SignatureAlgorithm(rawValue: $0.text) }
        for value in values where SignatureAlgorithm(rawValue: value.text) == nil {
            fault(key, value, "must be one of \(known)")
        }
        if values.isEmpty { fault(key, "names none; leave it out for RS256") }
        return algorithms.isEmpty || algorithms.count < values.count ? nil : algorithms
    }

    /// Texts by names that the administrator chooses. Nil: what stands there is something else.
    func texts(_ key: String) -> [String: String]? {
        guard let value = json(key) else { return [:] }
        let texts = value.objectValue?.compactMapValues(\.stringValue)
        guard let texts, texts.count == value.objectValue?.count else {
            fault(key, "must be a section of names, each with a text")
            return nil
        }
        return texts
    }

    /// The items of a list of sections, each with its line, named by their numbers from 1 on. Without the list there is
    /// none; then `read` sees one empty section all the same, for the manual, and what it gives is dropped.
    func items<Item>(_ key: String, read: (ConfigurationSection, _ line: Int?) -> Item?) -> [Item] {
        declare(key, variable: nil, isSection: true)
        guard let entry = entry(key), !entry.node.isEmptyValue else {
            let silent = ConfigurationReading(file: reading.file, environment: [:])
            _ = read(
                ConfigurationSection(silent, nil, path: path + [key], manualPath: manualPath + [key], isListItem: true),
                nil)
            for key in silent.knownKeys { reading.noteKnown(key, variable: nil) }
            return []
        }
        guard case .sequence(let nodes) = entry.node else {
            reading.fault("\(name(of: key)) must be a list, each of whose items begins with \"-\"", line: entry.line)
            return []
        }
        return nodes.enumerated().compactMap { index, node in
            let line = node.mark?.line ?? entry.line
            guard let mapping = node.mapping else {
                reading.fault("\(name(of: key)).\(index + 1) must have keys of its own", line: line)
                return nil
            }
            let section = ConfigurationSection(
                reading, mapping, path: path + [key, "\(index + 1)"], manualPath: manualPath + [key],
                isListItem: true)
            return read(section, line)
        }
    }

    /// Any value, as JSON; nil if it is absent or empty, or can't be told in JSON.
    func json(_ key: String) -> JSON? {
        declare(key, variable: nil)
        return written(key)
    }

    private func written(_ key: String) -> JSON? {
        guard let entry = entry(key), !entry.node.isEmptyValue else { return nil }
        guard let value = JSON(yaml: entry.node) else {
            reading.fault("\(name(of: key)) has something that JSON can't say", line: entry.line)
            return nil
        }
        return value
    }

    /// All that stands here under these names, as JSON. The manual describes them elsewhere.
    func members(_ names: [String]) -> [String: JSON] {
        known += names
        var members: [String: JSON] = [:]
        for name in names where !(entry(name)?.node.isEmptyValue ?? true) { members[name] = written(name) }
        return members
    }

    /// All that stands here, as JSON. Whoever asks for it declares nothing to be known.
    var contents: [String: JSON] {
        Dictionary(entries.compactMap { entry in JSON(yaml: entry.node).map { (entry.key, $0) } }) { first, _ in first }
    }

    /// A variable that a value names.
    func noteKnown(variable: String) { reading.noteKnown(variable: variable) }

    /// Faults the keys that nobody asked for.
    func refuseUnknown() {
        for entry in entries where !known.contains(where: { $0.utf8.elementsEqual(entry.key.utf8) }) {
            let nearest = Nearest.question(entry.key, among: known)
            let choice = nearest.isEmpty ? " Known here: \(known.joined(separator: ", "))." : nearest
            reading.fault("there is no key \"\(name(of: entry.key))\".\(choice)", line: entry.line)
        }
    }

    func fault(_ key: String, _ value: Value, _ expected: String) {
        reading.fault("\(name(of: key)) is \"\(value.text)\"; it \(expected)", at: value.place)
    }

    /// Of the section itself.
    func fault(_ text: String, line: Int?) {
        reading.fault("\(path.joined(separator: ".")) \(text)", line: line)
    }

    func fault(_ key: String, _ text: String) {
        reading.fault("\(name(of: key)) \(text)", line: line(of: key))
    }

    /// The file that it is of.
    var file: String { reading.file }

    /// As ``fault(_:_:)``; in the section's own line, if the key is absent.
    func fault(_ key: String, _ text: String, orAt line: Int?) {
        reading.fault("\(name(of: key)) \(text)", line: self.line(of: key) ?? line)
    }

    private func entry(_ key: String) -> (key: String, line: Int?, node: Node)? {
        entries.first { $0.key.utf8.elementsEqual(key.utf8) }
    }

    private func variable(for key: String) -> String {
        "POSTERN_" + (path + [key]).joined(separator: "_").uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    private func declare(_ key: String, variable: String?, isSection: Bool = false) {
        known.append(key)
        if !isSection { reading.noteKnown((manualPath + [key]).joined(separator: "."), variable: variable) }
    }
}
