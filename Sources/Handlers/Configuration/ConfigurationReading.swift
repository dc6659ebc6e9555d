import Yams

/// One pass over a configuration. It collects every fault, so that they are told all at once.
final class ConfigurationReading {
    let file: String
    let environment: [String: String]
    private(set) var warnings: [String] = []
    /// Every key that was asked for, as the manual writes it.
    private(set) var knownKeys: [String] = []
    private var faults: [ConfigurationFault] = []
    private var knownVariables: Set<String> = []
    /// Of the files beside it.
    private var others: [ConfigurationReading] = []

    /// How many values a file may have.
    private static let limit = 1_000_000

    /// Variables of this prefix that are no configuration.
    private static let otherVariables: Set<String> = [
        "POSTERN_BIN", "POSTERN_CONFIG", "POSTERN_SHARE", "POSTERN_HANDLER", "POSTERN_TAIL",
    ]

    init(file: String, environment: [String: String]) {
        self.file = file
        self.environment = environment
    }

    /// Nil after a fault of the syntax.
    func root(of text: String) -> ConfigurationSection? {
        do {
            guard let node = try Yams.compose(yaml: text), !node.isEmptyValue else {
                return ConfigurationSection(self, nil, path: [], manualPath: [])
            }
            var left = Self.limit
            guard node.fits(in: &left) else {
                fault("the file has more than \(Self.limit) values, those that aliases repeat included", line: nil)
                return nil
            }
            guard case .mapping(let mapping) = node else {
                fault("the file must hold keys and values, such as \"issuer: https://login.example.com/oidc\"", line: 1)
                return nil
            }
            return ConfigurationSection(self, mapping, path: [], manualPath: [])
        } catch let error as YamlError {
            fault(error)
        } catch {
            fault("can't be read as YAML: \(error)", line: nil)
        }
        return nil
    }

    func fault(_ text: String, line: Int?) {
        faults.append(ConfigurationFault(source: file, line: line, text: text))
    }

    func fault(_ text: String, at place: ConfigurationPlace) {
        switch place {
        case .line(let line): fault(text, line: line)
        case .variable(let name): faults.append(ConfigurationFault(source: name, line: nil, text: text))
        }
    }

    /// Of another file of the same configuration, whose faults are told with those of this one.
    func beside(_ file: String) -> ConfigurationReading {
        let other = ConfigurationReading(file: file, environment: [:])
        others.append(other)
        return other
    }

    func fault(_ fault: ConfigurationFault) { faults.append(fault) }

    func warn(_ text: String) { warnings.append(text) }

    /// One that the configuration names, so that it is no mistake.
    func noteKnown(variable: String) { knownVariables.insert(variable) }

    func noteKnown(_ key: String, variable: String?) {
        if !knownKeys.contains(key) { knownKeys.append(key) }
        if let variable { knownVariables.insert(variable) }
    }

    /// Throws what was collected, if anything was.
    func finish() throws(ConfigurationErrors) {
        for other in others { knownVariables.formUnion(other.knownVariables) }
        for name in environment.keys.sorted()
        where name.hasPrefix("POSTERN_") && !name.hasPrefix("POSTERN_TEST_") && !knownVariables.contains(name)
            && !Self.otherVariables.contains(name)
        {
            warn("the environment variable \(name) overrides no key.\(Nearest.question(name, among: knownVariables))")
        }
        let all = orderedFaults + others.flatMap(\.orderedFaults)
        guard all.isEmpty else { throw ConfigurationErrors(faults: all) }
    }

    private var orderedFaults: [ConfigurationFault] {
        let ordered = faults.enumerated().sorted {
            ($0.element.line ?? .max, $0.offset) < ($1.element.line ?? .max, $1.offset)
        }
        return ordered.map(\.element)
    }

    private func fault(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            fault("this is not YAML (column \(mark.column)): \(problem)", line: mark.line)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            fault("the key \(names) is there more than once; keep one", line: context.mark.line)
        case .reader(let problem, _, _, _):
            fault("this is not YAML: \(problem)", line: nil)
        default:
            fault("this is not YAML: \(error)", line: nil)
        }
    }
}

/// Where a value came from.
enum ConfigurationPlace: Equatable {
    case line(Int?)
    case variable(String)
}

extension Node {
    /// Takes one from `left` for each value, and for what an alias stands for as often as it does: a few lines of them can
    /// stand for more than there is memory. False: there were not so many left.
    fileprivate func fits(in left: inout Int) -> Bool {
        guard left > 0 else { return false }
        left -= 1
        switch self {
        case .sequence(let items): return items.allSatisfy { $0.fits(in: &left) }
        case .mapping(let mapping):
            return mapping.allSatisfy { $0.key.fits(in: &left) && $0.value.fits(in: &left) }
        default: return true
        }
    }

    /// Left out, as in `pages:` with nothing behind it, or said to be null.
    var isEmptyValue: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
