import FCGIBridge
import JOSE
import OIDCLogic

/// One call, once it is known who calls, and that they may.
struct AdministrationCall {
    let provider: Provider
    let caller: AdministrationCaller
    let request: Request
    /// Of the path, by their names in braces.
    private let variables: [String: String]
    private let query: Parameters

    init(
        provider: Provider, caller: AdministrationCaller, request: Request, variables: [String: String]
    ) throws {
        self.provider = provider
        self.caller = caller
        self.request = request
        self.variables = variables
        query = Parameters(try request.queryFields())
        try query.requireSingle()
    }

    var administration: Administration { Administration(provider) }

    subscript(_ variable: String) -> String { variables[variable] ?? "" }

    func parameter(_ name: String, limit: Int = 1024) throws -> String? { try query.value(name, limit: limit) }

    /// The members of the JSON object in the body. Throws ``AdministrationProblem`` for one that isn't among `known`, since
    /// a misspelt one would be lost; nil: any may be there.
    func body(_ known: [String]? = nil) throws -> [String: JSON] {
        let members: [String: JSON]
        do { members = try request.jsonObject(types: ["application/json", "application/merge-patch+json"]) } catch {
            throw AdministrationProblem.invalid(error.description)
        }
        guard let known, let other = members.keys.sorted().first(where: { !known.contains($0) }) else { return members }
        throw AdministrationProblem.invalid(
            "there is no member \"\(other)\".\(Nearest.question(other, among: known))", member: other)
    }
}

extension [String: JSON] {
    /// Nil if it is absent or null. Throws ``AdministrationProblem`` for another type.
    func text(_ name: String) throws(AdministrationProblem) -> String? {
        switch self[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw .invalid("\(name) must be a string", member: name)
        }
    }

    func required(_ name: String) throws(AdministrationProblem) -> String {
        guard let text = try text(name) else { throw .invalid("\(name) is missing", member: name) }
        return text
    }

    func flag(_ name: String) throws(AdministrationProblem) -> Bool? {
        switch self[name] {
        case nil, .null: return nil
        case .bool(let flag): return flag
        default: throw .invalid("\(name) must be true or false", member: name)
        }
    }

    func integer(_ name: String) throws(AdministrationProblem) -> Int64? {
        switch self[name] {
        case nil, .null: return nil
        case .integer(let number): return number
        default: throw .invalid("\(name) must be a whole number", member: name)
        }
    }

    func texts(_ name: String) throws(AdministrationProblem) -> [String]? {
        switch self[name] {
        case nil, .null: return nil
        case .array(let items):
            let texts = items.compactMap(\.stringValue)
            guard texts.count == items.count else { fallthrough }
            return texts
        default: throw .invalid("\(name) must be an array of strings", member: name)
        }
    }

    func object(_ name: String) throws(AdministrationProblem) -> [String: JSON]? {
        switch self[name] {
        case nil, .null: return nil
        case .object(let members): return members
        default: throw .invalid("\(name) must be an object", member: name)
        }
    }
}
