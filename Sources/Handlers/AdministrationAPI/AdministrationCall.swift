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

    /// Throws ``AdministrationProblem`` for parameters as ``KnownParameters`` does.
    init(
        provider: Provider, caller: AdministrationCaller, request: Request, variables: [String: String],
        knownParameters known: [String]
    ) throws {
        self.provider = provider
        self.caller = caller
        self.request = request
        self.variables = variables
        query = try KnownParameters(known).read(request)
    }

    var administration: Administration { Administration(provider) }

    subscript(_ variable: String) -> String { variables[variable] ?? "" }

    func parameter(_ name: String, limit: Int = 1024) throws -> String? {
        guard let value = try query.value(name) else { return nil }
        guard value.utf8.count <= limit else {
            throw AdministrationProblem.invalid("\(name) has more than \(limit) bytes", member: name)
        }
        return value
    }

    private static let bodyTypes: [StaticString] = ["application/json", "application/merge-patch+json"]

    /// The members of the JSON object in the body. Throws ``AdministrationProblem`` for one that isn't among `known`, since
    /// a misspelt one would be lost; nil: any may be there.
    func body(_ known: [String]? = nil) throws -> [String: JSON] {
        // RFC 9110 §15.5.16
        guard Self.bodyTypes.contains(where: request.hasContentType) else {
            throw AdministrationProblem(
                .unsupportedMediaType,
                "the body must be JSON, and say so by Content-Type: application/json, or application/merge-patch+json")
        }
        let members: [String: JSON]
        do { members = try request.jsonObject(types: Self.bodyTypes) } catch {
            throw AdministrationProblem.invalid(error.description)
        }
        guard let known, let other = members.keys.sorted().first(where: { !known.contains($0) }) else { return members }
        throw AdministrationProblem.invalid(
            "there is no member \"\(other)\".\(Nearest.question(other, among: known))", member: other)
    }
}

extension [String: JSON] {
    /// The value is repeated where that tells something: a secret is left out.
    private func mistaken(_ name: String, _ rule: String) -> AdministrationProblem {
        let isSecret = ["password", "client_secret"].contains(name)
        let value = isSecret ? nil : self[name]?.shown
        return .invalid("\(name) \(value.map { "is \($0); it " } ?? "")\(rule)", member: name)
    }

    /// Nil if it is absent or null. Throws ``AdministrationProblem`` for another type.
    func text(_ name: String) throws(AdministrationProblem) -> String? {
        switch self[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw mistaken(name, "must be a string")
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
        default: throw mistaken(name, "must be true or false")
        }
    }

    func integer(_ name: String) throws(AdministrationProblem) -> Int64? {
        switch self[name] {
        case nil, .null: return nil
        case .integer(let number): return number
        default: throw mistaken(name, "must be a whole number")
        }
    }

    func texts(_ name: String) throws(AdministrationProblem) -> [String]? {
        switch self[name] {
        case nil, .null: return nil
        case .array(let items):
            let texts = items.compactMap(\.stringValue)
            guard texts.count == items.count else { fallthrough }
            return texts
        default: throw mistaken(name, "must be an array of strings")
        }
    }

    /// What a merge patch puts in the place of a list: null takes all of it out (RFC 7396 §2). Nil: it stays.
    func replacement(_ name: String) throws(AdministrationProblem) -> [String]? {
        self[name] == .null ? [] : try texts(name)
    }

    func object(_ name: String) throws(AdministrationProblem) -> [String: JSON]? {
        switch self[name] {
        case nil, .null: return nil
        case .object(let members): return members
        default: throw mistaken(name, "must be an object")
        }
    }
}
