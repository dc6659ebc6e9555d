import JOSE
import OIDCLogic

/// One member of an app's metadata (RFC 7591 §2), as the console has it.
struct AppSetting: Sendable {
    enum Kind: Sendable {
        case text
        /// One a line.
        case list
        case number
        case json
        case flag
        /// A box that is checked where the member is false.
        case unless
        case choice([(value: String, label: String)])
        /// An array, by a box for each item that there is.
        case several([(value: String, label: String, hint: String)])
    }

    let name: String
    let label: String
    private let kind: Kind
    private let hint: String?

    init(_ name: String, _ label: String, _ kind: Kind, _ hint: String? = nil) {
        self.name = name
        self.label = label
        self.kind = kind
        self.hint = hint
    }

    func fields(of client: JSON) -> [ConsoleForm.Field] {
        func field(_ kind: ConsoleForm.Field.Kind, _ value: String) -> [ConsoleForm.Field] {
            [ConsoleForm.Field(name, label, kind, value: value, hint: hint)]
        }
        return switch kind {
        case .text, .number: field(.line, client.text(name))
        case .list: field(.lines, client.texts(name).joined(separator: "\n"))
        case .json: field(.lines, client[name]?.text ?? "")
        case .flag: field(.check, client[name] == true ? "yes" : "")
        case .unless: field(.check, client[name] == false ? "yes" : "")
        case .choice(let options): field(.choice(options), client.text(name))
        case .several(let options):
            options.map { option in
                ConsoleForm.Field(
                    box(option.value), option.label, .check,
                    value: client.texts(name).contains(option.value) ? "yes" : "", hint: option.hint,
                    answersFor: [name])
            }
        }
    }

    /// What the form has; nothing in it: null, which takes the member out.
    func value(_ call: ConsoleCall) throws -> JSON {
        let text = call.field(name)
        switch kind {
        case .text, .choice: return text.isEmpty ? .null : .string(text)
        case .list: return .array(call.lines(name).map(JSON.string))
        case .number:
            guard !text.isEmpty else { return .null }
            guard let number = Int64(text) else {
                throw AdministrationProblem.invalid("this must be a whole number", member: name)
            }
            return .integer(number)
        case .json:
            guard !text.isEmpty else { return .null }
            do { return try JSON(parsing: Array(text.utf8)) } catch {
                throw AdministrationProblem.invalid("this is not JSON", member: name)
            }
        case .flag: return .bool(call.isChecked(name))
        case .unless: return .bool(!call.isChecked(name))
        case .several(let options):
            return .array(options.map(\.value).filter { call.isChecked(box($0)) }.map(JSON.string))
        }
    }

    /// Nothing, where the member says nothing.
    func shown(of client: JSON) -> [ConsoleBlock.Cell] {
        switch kind {
        case .text, .number: [client.text(name)].filter { !$0.isEmpty }.map { ConsoleBlock.Cell($0) }
        case .list, .several: client.texts(name).map { ConsoleBlock.Cell($0) }
        case .json: client[name].map { [.code($0.text)] } ?? []
        case .flag: client[name] == true ? ["yes"] : []
        case .unless: client[name] == false ? ["yes"] : []
        case .choice(let options):
            options.filter { $0.value == client.text(name) }.map { ConsoleBlock.Cell($0.label) }
        }
    }

    private func box(_ value: String) -> String { "\(name)-\(value)" }
}
