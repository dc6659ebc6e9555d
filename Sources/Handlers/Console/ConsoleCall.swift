import FCGIBridge
import JOSE
import OIDCLogic

/// One request to the console, once it is known whose.
struct ConsoleCall {
    let provider: Provider
    let signedIn: SignedIn
    let caller: AdministrationCaller
    let request: Request
    private let variables: [String: String]
    let query: Parameters
    /// Of a form that proved where it came from; nil: nothing is to be changed.
    let form: [String: String]?
    /// The sign-in is new enough for what wants it so.
    let isFresh: Bool

    init(
        provider: Provider, signedIn: SignedIn, caller: AdministrationCaller, request: Request,
        variables: [String: String], form: [String: String]?, isFresh: Bool
    ) throws {
        self.provider = provider
        self.signedIn = signedIn
        self.caller = caller
        self.request = request
        self.variables = variables
        self.form = form
        self.isFresh = isFresh
        query = Parameters(try request.queryFields())
    }

    /// Said in the place of what the caller may not do; nil: they may.
    func whyNot(_ scope: AdministrationScope) -> String? { caller.may(scope) ? nil : Self.why(scope) }

    static func why(_ scope: AdministrationScope) -> String {
        "To change anything here one needs the role \(scope.rawValue), which you don’t hold."
    }

    subscript(_ variable: String) -> String { variables[variable] ?? "" }

    /// A field of the form, without the white space around it; empty if it isn't there.
    func field(_ name: String) -> String { form?[name].map(Self.trimmed) ?? "" }

    /// The values of a field that has one a line.
    func lines(_ name: String) -> [String] {
        (form?[name] ?? "").split(whereSeparator: \.isNewline).map { Self.trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    func isChecked(_ name: String) -> Bool { form?[name] != nil }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// A path of the console.
    func path(_ parts: String...) -> String { path(parts) }

    func path(_ parts: [String]) -> String {
        provider.issuer.path + "/admin/" + parts.map(RoutePath.escaped).joined(separator: "/")
    }

    // MARK: Calls of the API

    /// What the API answers to the same call by the same person. Throws what it refuses with.
    @discardableResult
    func api(
        _ method: Method, _ path: String..., query: [(String, String)] = [], body: [String: JSON]? = nil,
        match: String? = nil
    ) throws -> JSON {
        try answer(method, path, query: query, body: body, match: match).json
    }

    /// The same, with the state that is to be sent back by ``api(_:_:query:body:match:)`` for a change of it.
    func read(_ path: String...) throws -> (json: JSON, tag: String) { try answer(.get, path) }

    private func answer(
        _ method: Method, _ path: [String], query: [(String, String)] = [], body: [String: JSON]? = nil,
        match: String? = nil
    ) throws -> (json: JSON, tag: String) {
        let headers: KeyValuePairs<String, String> =
            if let match {
                ["Content-Type": "application/json", "If-Match": match]
            } else {
                ["Content-Type": "application/json"]
            }
        let call = Request(
            method: method, handler: request.handler, query: FormEncoding.encode(query),
            body: body.map { JSON.object($0).serialized() } ?? [], remoteAddress: request.remoteAddress,
            isTLS: request.isTLS, id: request.id, headers: headers)
        let response = try AdministrationOperations(provider: provider).perform(path, by: caller, call)
        guard !response.body.isEmpty else { return (.null, response[.eTag]?.text ?? "") }
        // Our own: what came in within its limits is within others here.
        let json = try JSON(
            parsing: response.body, maximumBytes: .max, maximumDepth: 2 * JSON.defaultMaximumDepth)
        return (json, response[.eTag]?.text ?? "")
    }
}

extension JSON {
    /// The items of a list that the API gave.
    var listed: [JSON] { self["items"]?.arrayValue ?? [] }

    /// A member as a text; empty if it isn't there.
    func text(_ member: String) -> String {
        switch self[member] {
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .bool(let flag): flag ? "yes" : "no"
        default: ""
        }
    }

    func texts(_ member: String) -> [String] { (self[member]?.arrayValue ?? []).compactMap(\.stringValue) }

    /// A time that the API gave in seconds, for people.
    func time(_ member: String) -> String { self[member]?.integerValue.map(WrittenTimestamp.text) ?? "" }
}
