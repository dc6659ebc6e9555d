import JOSE

/// What is written down of a request that was refused: an allow-list. Whatever it doesn't name is left out, so a secret
/// that came in the wrong place stays unwritten.
package struct RefusedRequest: Sendable, Equatable {
    /// The HTTP method.
    package var method: String?
    package var clientID: ClientID?
    package var redirectURI: RedactedURI?
    package var scope: String?
    /// How the client authenticated, by RFC 7591's names.
    package var authenticationMethod: String?
    package var grantType: GrantType?
    /// Names of parameters that came: those that this provider knows, and what is most likely one of them misspelled.
    package var parameters: [String] = []
    /// How many others there were.
    package var unknownParameters = 0

    package init(method: String? = nil) { self.method = method }

    /// - Parameter fields: of the request itself, and of the authorization request that its form goes on with.
    package init(
        method: String, fields: [(name: String, value: String)], authorization: String?
    ) {
        self.method = method
        func value(_ name: String, limit: Int) -> String? {
            let text = fields.first { $0.name.hasSameBytes(as: name) }?.value
            return text.flatMap { $0.isEmpty ? nil : Self.cut($0, limit) }
        }
        let named = (try? ClientCredentials(Parameters(fields), authorization: authorization))?.clientIDs.first?.value
        clientID = named.map { ClientID(Self.cut($0, 255)) } ?? value("client_id", limit: 255).map { ClientID($0) }
        redirectURI = value("redirect_uri", limit: .max).map(RedactedURI.init(redacting:))
        scope = value("scope", limit: 1024)
        grantType = value("grant_type", limit: 64).flatMap(GrantType.init(rawValue:))
        authenticationMethod =
            if authorization.map({ AuthorizationHeader($0).scheme }) == "basic" {
                "client_secret_basic"
            } else if value("client_assertion", limit: 1) != nil {
                "client_assertion"
            } else if value("client_secret", limit: 1) != nil {
                "client_secret_post"
            } else {
                nil
            }
        var seen: Set<Identifier<Self>> = []
        for field in fields.prefix(Self.parameterLimit) where seen.insert(Identifier(field.name)).inserted {
            if let name = Self.shown(field.name) { parameters.append(name) } else { unknownParameters += 1 }
        }
        unknownParameters += max(0, fields.count - Self.parameterLimit)
    }

    private static let parameterLimit = 64

    private static func cut(_ text: String, _ limit: Int) -> String {
        text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "..."
    }

    /// The name, if it is a known one, or differs from one so little that it must be meant. Another isn't shown: whoever
    /// sends a body of another form may send their secret in the place of a name.
    package static func shown(_ name: String) -> String? {
        guard (2...40).contains(name.utf8.count) else { return nil }
        if known.contains(where: { $0.hasSameBytes(as: name) }) { return name }
        guard name.utf8.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
        else { return nil }
        let mistyped = Array(name.lowercased().utf8)
        let isNear = known.contains { candidate in
            // What is near to this one may be a password.
            guard candidate != "password" else { return false }
            let bytes = Array(candidate.utf8)
            return bytes.count >= 5 && mistyped.count >= 5 && Self.differInTwo(mistyped, bytes)
        }
        return isNear ? name : nil
    }

    /// Whether it is shown, but not known.
    package static func isMisspelled(_ name: String) -> Bool {
        shown(name) != nil && !known.contains { $0.hasSameBytes(as: name) }
    }

    /// Whether what is left between a common beginning and a common end has at most two bytes in either.
    private static func differInTwo(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        let shorter = min(one.count, other.count)
        let start = zip(one, other).prefix { $0 == $1 }.count
        let end = min(zip(one.reversed(), other.reversed()).prefix { $0 == $1 }.count, shorter - start)
        return max(one.count, other.count) - start - end <= 2
    }

    private static let known: [String] =
        AuthorizationParameter.allCases.map(\.rawValue) + [
            "request", "request_uri", "registration", "display", "id_token",
            "grant_type", "code", "code_verifier", "refresh_token", "client_secret", "client_assertion",
            "client_assertion_type", "token", "token_type_hint", "access_token", "username", "password", "audience",
            "assertion", "attempt", "decision", "cancel",
        ]
}

extension RefusedRequest {
    package var json: JSON {
        var members: [String: JSON] = [:]
        members["method"] = method.map(JSON.string)
        members["client_id"] = (clientID?.value).map(JSON.string)
        members["redirect_uri"] = (redirectURI?.value).map(JSON.string)
        members["scope"] = scope.map(JSON.string)
        members["authentication_method"] = authenticationMethod.map(JSON.string)
        members["grant_type"] = (grantType?.rawValue).map(JSON.string)
        if !parameters.isEmpty { members["parameters"] = .array(parameters.map(JSON.string)) }
        if unknownParameters > 0 { members["unknown_parameters"] = .integer(Int64(unknownParameters)) }
        return .object(members)
    }

    package init(stored json: JSON) {
        method = json["method"]?.stringValue
        clientID = (json["client_id"]?.stringValue).map { ClientID($0) }
        redirectURI = (json["redirect_uri"]?.stringValue).map(RedactedURI.init(stored:))
        scope = json["scope"]?.stringValue
        authenticationMethod = json["authentication_method"]?.stringValue
        grantType = (json["grant_type"]?.stringValue).flatMap(GrantType.init(rawValue:))
        parameters = (json["parameters"]?.arrayValue ?? []).compactMap(\.stringValue)
        unknownParameters = Int(json["unknown_parameters"]?.integerValue ?? 0)
    }
}
