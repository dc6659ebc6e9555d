import Expressions
import JOSE
import OIDCLogic
import Yams

/// Reads upstreams that administrators add to the store, by the reader that reads those of the configuration: so a member
/// means the same by whichever road it came.
struct UpstreamDeclarationReading {
    private let expressions: UpstreamExpressions

    /// Throws ``AdministrationError`` if there is no memory for expressions.
    init() throws(AdministrationError) {
        do throws(ExpressionError) { expressions = try UpstreamExpressions() } catch {
            throw .invalid("an upstream can't be read now: there is no memory for its expressions")
        }
    }

    /// Throws ``AdministrationError`` with the first thing that is wrong.
    func upstream(_ name: String, _ members: [String: JSON]) throws(AdministrationError) -> Upstream {
        guard members["client_secret_file"] == nil else {
            throw .invalid("client_secret_file is for \(Self.place); here say client_secret").of("client_secret_file")
        }
        let reading = ConfigurationReading(file: "upstream \(name)", environment: [:])
        let node = Node(.object(members.merging(["name": .string(name)]) { _, name in name }))
        let section = ConfigurationSection(reading, node.mapping, path: [], manualPath: [], isListItem: true)
        let upstream = UpstreamItemReading(section, nil, expressions).upstream
        section.refuseUnknown()
        do throws(ConfigurationErrors) { try reading.finish() } catch {
            throw Self.error(error, members)
        }
        guard let upstream else { throw .invalid("the upstream \"\(name)\" can't be read") }
        return upstream
    }

    private static let place = "the configuration's own file"

    private static func error(_ errors: ConfigurationErrors, _ members: [String: JSON]) -> AdministrationError {
        let text = errors.faults.map(\.text).joined(separator: "; ")
        // A fault begins with the key that it is of.
        let key = errors.faults.first.map { String($0.text.prefix { $0 != " " }) } ?? ""
        let known = Set(members.keys).union(["name", "issuer", "client_id"])
        return known.contains(key) ? .invalid(text).of(key) : .invalid(text)
    }
}
