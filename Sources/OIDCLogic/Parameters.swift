/// The parameters of a request to an OAuth endpoint (RFC 6749 §3.1 and §3.2).
///
/// One sent without a value counts as omitted, an unknown one is ignored, and one sent twice is refused by whoever
/// reads it: which error that is, and where it goes, depends on the parameter.
package struct Parameters: Sendable {
    private var values: [Identifier<Self>: String] = [:]
    /// All values of those that came more than once.
    private var repeated: [Identifier<Self>: [String]] = [:]

    package init(_ fields: some Sequence<(name: String, value: String)>) {
        for field in fields {
            let name = Identifier<Self>(field.name)
            if let before = values.updateValue(field.value, forKey: name) {
                repeated[name, default: [before]].append(field.value)
            }
        }
    }

    /// The parameter's value, or nil if it is absent or empty. Throws `invalid_request` if it came more than once.
    package func value(_ name: String) throws(OAuthError) -> String? {
        let name = Identifier<Self>(name)
        guard repeated[name] == nil else {
            throw .invalidRequest(
                "a parameter was sent more than once", cause: "repeated parameter: \(name)",
                detail: .parameter(name.value, .repeated))
        }
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// A value of at most `limit` bytes.
    package func value(_ name: String, limit: Int) throws(OAuthError) -> String? {
        guard let value = try value(name) else { return nil }
        guard value.utf8.count <= limit else {
            throw .invalidRequest(
                "a parameter is too long", cause: "\(name) has more than \(limit) bytes",
                detail: .parameter(name, .tooLong))
        }
        return value
    }

    /// Every value, in order, of a parameter that may come more than once.
    package func values(_ name: String) -> [String] {
        let name = Identifier<Self>(name)
        return (repeated[name] ?? values[name].map { [$0] } ?? []).filter { !$0.isEmpty }
    }

    /// The same, with those of `others` that have a value in the place of its own of their names.
    func superseded(by others: Parameters) -> Parameters {
        var result = self
        for (name, value) in others.values where !value.isEmpty || others.repeated[name] != nil {
            result.values[name] = value
            result.repeated[name] = others.repeated[name]
        }
        return result
    }

    func without(_ names: String...) -> Parameters {
        var result = self
        for name in names {
            result.values[Identifier(name)] = nil
            result.repeated[Identifier(name)] = nil
        }
        return result
    }

    /// Throws `invalid_request` if any parameter came more than once, known or not, but those `allowed` to.
    package func requireSingle(but allowed: String...) throws(OAuthError) {
        guard let name = repeated.keys.first(where: { name in !allowed.contains { $0.hasSameBytes(as: name.value) } })
        else { return }
        // Another may be a secret in the place of a name.
        let shown = RefusedRequest.shown(name.value) ?? "one that nobody knows"
        throw .invalidRequest(
            "a parameter was sent more than once", cause: "repeated parameter: \(shown)",
            detail: .parameter(name.value, .repeated))
    }
}
