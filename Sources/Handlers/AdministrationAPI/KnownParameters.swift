import FCGIBridge
import OIDCLogic

/// The parameters that a call of the administration API takes in its query.
struct KnownParameters {
    private let names: [String]

    init(_ names: [String] = []) { self.names = names }

    /// Throws ``AdministrationProblem`` for a parameter that isn't among them, since a misspelt one would be lost and the
    /// answer another one, and for one that came more than once.
    func read(_ request: Request) throws -> Parameters {
        let fields = try request.queryFields()
        let others = fields.map(\.name).filter { name in !names.contains { $0.hasSameBytes(as: name) } }
        if let first = others.first {
            let listed = others.map { "\"\($0)\"" }.joined(separator: ", ")
            let question = others.count == 1 ? Nearest.question(first, among: names) : ""
            throw AdministrationProblem.invalid(
                names.isEmpty
                    ? "this call takes no parameters, and \(listed) came"
                    : "there is no parameter \(listed).\(question) This call takes \(names.joined(separator: ", "))",
                member: RefusedRequest.shown(first))
        }
        for name in names where fields.count(where: { $0.name.hasSameBytes(as: name) }) > 1 {
            throw AdministrationProblem.invalid("\(name) was sent more than once; send it once", member: name)
        }
        return Parameters(fields)
    }
}
