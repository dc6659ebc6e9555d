import JOSE

/// A user's attributes beside those that have fields of their own, one a line, as the command line writes them: `KEY=JSON`.
struct AttributeLines {
    /// Those with fields of their own.
    static let fields = ["name", "email"]

    let lines: [String]

    init(of attributes: JSON) {
        lines = (attributes.objectValue ?? [:]).filter { !Self.fields.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value.text)" }
    }

    init(typed lines: [String]) { self.lines = lines }

    var names: [String] {
        lines.compactMap { line in line.firstIndex(of: "=").map { String(line[..<$0]) } }
    }

    /// What makes `former` what was typed (RFC 7396). Throws ``AdministrationProblem`` with every line that is none.
    func patch(of former: JSON) throws(AdministrationProblem) -> [String: JSON] {
        var typed: [String: JSON] = [:]
        var faults: [String] = []
        for line in lines {
            switch Self.attribute(line) {
            case .failure(let fault): faults.append("\"\(line)\" \(fault.text)")
            case .success(let (name, value)):
                if typed.updateValue(value, forKey: name) != nil {
                    faults.append("\"\(line)\" says \(name) once more; leave one of the lines out")
                }
            }
        }
        guard faults.isEmpty else {
            throw AdministrationProblem(
                .badRequest, faults.joined(separator: "; "), member: "attributes", faults: faults)
        }
        let before = (former.objectValue ?? [:]).filter { !Self.fields.contains($0.key) }
        return Self.patch(from: before, to: typed)
    }

    /// What is wrong with a line, said after it.
    private struct Fault: Error {
        let text: String
    }

    private static func attribute(_ line: String) -> Result<(name: String, value: JSON), Fault> {
        guard let equals = line.firstIndex(of: "="), equals > line.startIndex else {
            return .failure(Fault(text: "is no NAME=JSON, such as locale=\"de\" or staff=true"))
        }
        let name = String(line[..<equals])
        let text = String(line[line.index(after: equals)...])
        guard !fields.contains(name) else {
            return .failure(Fault(text: "has no place here: \(name) has a field of its own"))
        }
        guard let value = try? JSON(parsing: Array(text.utf8)) else {
            return .failure(Fault(text: "has a value that is not JSON; a text needs quotes, as in \(name)=\"…\""))
        }
        guard value != .null else {
            return .failure(Fault(text: "has null for a value; to take \(name) out, leave the line out"))
        }
        return .success((name, value))
    }

    private static func patch(from former: [String: JSON], to next: [String: JSON]) -> [String: JSON] {
        var patch: [String: JSON] = [:]
        for name in former.keys where next[name] == nil { patch[name] = .null }
        for (name, value) in next where former[name] != value {
            if let inner = value.objectValue, let before = former[name]?.objectValue {
                patch[name] = .object(Self.patch(from: before, to: inner))
            } else {
                patch[name] = value
            }
        }
        return patch
    }
}
