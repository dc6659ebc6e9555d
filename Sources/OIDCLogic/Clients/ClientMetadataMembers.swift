import JOSE

/// The members of a metadata object, read with their types (RFC 7591 §2).
struct ClientMetadataMembers {
    private let object: AskedMembers

    init(_ object: AskedMembers) { self.object = object }

    /// Refuses what asks for a protection or a flow that this provider doesn't have.
    func refuseUnsupported() throws(ClientMetadataError) {
        for name in object.keys.sorted() where Self.asksForProtection(name) && !isOff(object[name]) {
            throw ClientMetadataError(name, "is not supported by this provider; leave it out")
        }
        for type in try strings("response_types") where type != "code" {
            throw ClientMetadataError("response_types", "has \"\(type)\"; this provider has code")
        }
    }

    /// RFC 7591 §2: without the member it is the code flow.
    func grantTypes() throws(ClientMetadataError) -> Set<GrantType> {
        let types = try strings("grant_types").map { (name: String) throws(ClientMetadataError) in
            guard let type = GrantType(rawValue: name) else {
                let known = GrantType.allCases.map(\.rawValue).joined(separator: ", ")
                throw ClientMetadataError("grant_types", "has \"\(name)\"; this provider has \(known)")
            }
            return type
        }
        guard !types.isEmpty else { return [.authorizationCode] }
        guard types != [.refreshToken] else {
            throw ClientMetadataError("grant_types", "has refresh_token alone; it needs authorization_code beside it")
        }
        return Set(types)
    }

    static func asksForProtection(_ name: String) -> Bool {
        name.hasSuffix("_encrypted_response_alg") || name.hasSuffix("_encrypted_response_enc")
            || name.hasPrefix("tls_client_") || name.hasPrefix("request_object_encryption_")
            || [
                "dpop_bound_access_tokens", "require_pushed_authorization_requests",
                "authorization_signed_response_alg", "introspection_signed_response_alg",
            ].contains(name)
    }

    private func isOff(_ value: JSON?) -> Bool { value == nil || value == .null || value == .bool(false) }

    func string(_ name: String, limit: Int = 1024) throws(ClientMetadataError) -> String? {
        guard let value = object[name], value != .null else { return nil }
        guard case .string(let text) = value else { throw Self.mistaken(value, name, "must be a string") }
        return text.isEmpty ? nil : try checked(text, name, limit: limit)
    }

    private static func mistaken(_ value: JSON, _ name: String, _ rule: String) -> ClientMetadataError {
        ClientMetadataError(name, "is \(value.shown); it \(rule)")
    }

    private func checked(
        _ text: String, _ name: String, limit: Int, code: ClientMetadataError.Code = .invalidClientMetadata
    ) throws(ClientMetadataError) -> String {
        guard text.utf8.count <= limit else {
            throw ClientMetadataError(name, "is longer than \(limit) bytes, with \(text.utf8.count)", code: code)
        }
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) || !Self.hasControls(text) else {
            throw ClientMetadataError(name, "is \(JSON.string(text).shown), which has a control character", code: code)
        }
        return text
    }

    private static func hasControls(_ text: String) -> Bool {
        let controls: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
        return text.unicodeScalars.contains { controls.contains($0.properties.generalCategory) }
    }

    /// - Parameter code: of an item that is wrong.
    func strings(
        _ name: String, code: ClientMetadataError.Code = .invalidClientMetadata
    ) throws(ClientMetadataError) -> [String] {
        guard let value = object[name], value != .null else { return [] }
        guard case .array(let items) = value else { throw Self.mistaken(value, name, "must be an array of strings") }
        guard items.count <= 100 else {
            throw ClientMetadataError(name, "has \(items.count) items; at most 100 are kept")
        }
        return try items.map { (item: JSON) throws(ClientMetadataError) in
            guard case .string(let text) = item else {
                throw ClientMetadataError(name, "has \(item.shown); it must be an array of strings")
            }
            return try checked(text, name, limit: 2048, code: code)
        }
    }

    /// Nil if it is absent or null.
    func json(_ name: String) -> JSON? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    func bool(_ name: String) throws(ClientMetadataError) -> Bool {
        guard let value = object[name], value != .null else { return false }
        guard case .bool(let flag) = value else { throw Self.mistaken(value, name, "must be true or false") }
        return flag
    }

    func seconds(_ name: String) throws(ClientMetadataError) -> Int64? {
        guard let value = object[name], value != .null else { return nil }
        guard case .integer(let number) = value, (0...MaxAge.longest).contains(number) else {
            throw Self.mistaken(
                value, name, "must be a whole number of seconds, 0 to \(MaxAge.longest); without it, any age will do")
        }
        return number
    }

    /// Names apart by spaces (RFC 6749 §3.3).
    func scope(_ name: String) throws(ClientMetadataError) -> Scope? {
        guard let text = try string(name, limit: 4096) else { return nil }
        do throws(OAuthError) { return try Scope(text) } catch {
            throw ClientMetadataError(
                name, "has \(JSON.string(Scope.malformedName(in: text) ?? text).shown); \(Scope.rule)")
        }
    }

    func defaultScope(within allowed: Scope) throws(ClientMetadataError) -> Scope? {
        guard let scope = try scope("default_scope") else { return nil }
        if let name = scope.names.first(where: { !allowed.contains($0) }) {
            throw ClientMetadataError(
                "default_scope", "has \"\(name)\", which scope doesn't have; add it there as well")
        }
        return scope
    }

    /// The name of a claim that an app may choose (RFC 7519 §4.3).
    func claimName(_ name: String) throws(ClientMetadataError) -> String? {
        guard let text = try string(name, limit: 128) else { return nil }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ClientMetadataError(name, "is \"\(text)\"; it must be printable ASCII without spaces")
        }
        guard !ReservedClaims.contains(text) else {
            throw ClientMetadataError(
                name, "is \"\(text)\", which has a meaning of its own; name another, such as roles")
        }
        return text
    }

    /// OpenID Connect Registration §2: "Array of e-mail addresses of people responsible for this Client."
    func contacts() throws(ClientMetadataError) -> [String] {
        try strings("contacts").map { (text: String) throws(ClientMetadataError) in
            guard EmailAddressForm.isPlausible(text) else {
                throw ClientMetadataError(
                    "contacts",
                    "has \(JSON.string(text).shown); each must be an e-mail address, such as ops@example.com")
            }
            return text
        }
    }

    /// OpenID Connect Registration §2. They go into one parameter, with spaces between (Core §3.1.2.1).
    func defaultACRValues() throws(ClientMetadataError) -> [String] {
        try strings("default_acr_values").map { (text: String) throws(ClientMetadataError) in
            guard !text.isEmpty, !text.utf8.contains(0x20) else {
                throw ClientMetadataError(
                    "default_acr_values", "has \"\(text)\"; each must be one acr value, without spaces")
            }
            return text
        }
    }

    func alias() throws(ClientMetadataError) -> String? {
        guard let text = try string("alias", limit: 64) else { return nil }
        guard text.utf8.allSatisfy(\.isUnreserved) else {
            throw ClientMetadataError("alias", "is \"\(text)\"; it must be letters, digits, and - . _ ~")
        }
        return text
    }

    func webURI(_ name: String) throws(ClientMetadataError) -> WebURI? {
        guard let text = try string(name) else { return nil }
        guard let uri = WebURI(text) else {
            throw ClientMetadataError(
                name, "is \"\(text)\"; it must be an https or http URI, such as https://app.example.com/")
        }
        return uri
    }

    /// OpenID Connect Registration §2.1.
    func translations() throws(ClientMetadataError) -> ClientTranslations {
        let names = object.keys.filter { $0.utf8.contains(UInt8(ascii: "#")) }
        guard !names.isEmpty else { return .none }
        return try ClientTranslations(names) { name, member throws(ClientMetadataError) in
            member.hasSameBytes(as: "client_name") ? try string(name, limit: 200) : try webURI(name)?.value
        }
    }

    func redirectURIs(
        _ name: String, for type: ApplicationType, answer: AnswerParameters = .authorization
    ) throws(ClientMetadataError) -> [RedirectURI] {
        var uris: [RedirectURI] = []
        var faults: [String] = []
        for uri in try strings(name, code: .invalidRedirectURI) {
            do throws(RedirectURIFault) {
                uris.append(try RedirectURI(registering: uri, for: type, answer: answer))
            } catch {
                faults.append("\"\(uri)\" \(error.rawValue)")
            }
        }
        // All at once, so that nobody mends one to hear of the next.
        guard faults.isEmpty else { throw ClientMetadataError(name, faults: faults, code: .invalidRedirectURI) }
        // One that is there twice says no more than once (RFC 7591 §3.2.1: what is registered may differ from what was sent).
        var seen: Set<RedirectURI> = []
        return uris.filter { seen.insert($0).inserted }
    }

    func resources(_ name: String) throws(ClientMetadataError) -> [ResourceIndicator] {
        try strings(name).map { (text: String) throws(ClientMetadataError) in
            guard let resource = ResourceIndicator(text) else {
                throw ClientMetadataError(
                    name,
                    "has \"\(text)\"; a resource is an absolute URI of at most \(ResourceIndicator.limit) bytes without "
                        + "a fragment, such as https://api.example.com/")
            }
            return resource
        }
    }

    func choice<Value: RawRepresentable & CaseIterable>(_ name: String) throws(ClientMetadataError) -> Value?
    where Value.RawValue == String {
        guard let member = object[name], member != .null else { return nil }
        // An empty text names none of them, and is no way to leave it out.
        let text = try string(name) ?? ""
        guard let value = Value(rawValue: text) else {
            let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw ClientMetadataError(name, "is \"\(text)\"; this provider has \(names)")
        }
        return value
    }

    func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, default fallback: Value
    ) throws(ClientMetadataError) -> Value where Value.RawValue == String {
        try choice(name) ?? fallback
    }
}
