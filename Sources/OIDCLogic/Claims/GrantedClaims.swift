import JOSE

/// What of a `claims` parameter the client may have: it travels in the code, and stays in the grant.
package struct GrantedClaims: Sendable, Equatable {
    /// Names, in their order.
    private let idToken: [RequestedClaimName]
    private let userInfo: [RequestedClaimName]
    /// The scopes that would release them and weren't asked for. Consent covers these as well.
    package let scope: Scope

    package static let none = GrantedClaims(idToken: [], userInfo: [], scope: .none)

    fileprivate init(idToken: [RequestedClaimName], userInfo: [RequestedClaimName], scope: Scope) {
        self.idToken = idToken
        self.userInfo = userInfo
        self.scope = scope
    }

    package var isEmpty: Bool { idToken.isEmpty && userInfo.isEmpty }

    func names(in destination: ClaimDestination) -> [RequestedClaimName] {
        switch destination {
        case .idToken: idToken
        case .userInfo: userInfo
        case .accessToken, .introspection: []
        }
    }

    /// What is left of it where only `allowed` may still be given. A claim whose scope went stays named, and isn't
    /// released: ``scope`` is what it would be released by.
    func narrowed(to allowed: Scope) -> GrantedClaims {
        GrantedClaims(idToken: idToken, userInfo: userInfo, scope: scope.intersection(allowed))
    }

    func contains(_ name: String, in destination: ClaimDestination) -> Bool {
        names(in: destination).contains { $0.text.hasSameBytes(as: name) }
    }

    func names(_ name: String) -> Bool { contains(name, in: .idToken) || contains(name, in: .userInfo) }
}

extension ClaimsRequest {
    /// The scopes that would release what is asked for.
    func scope(_ custom: CustomClaims) -> Scope {
        Scope(names: (idToken + userInfo).compactMap { Self.scope(releasing: $0.name, custom) })
    }

    /// What the client may have of it.
    ///
    /// - Parameters:
    ///   - granted: of ``scope(_:)`` and what was asked for, what the policy grants.
    ///   - requested: what was asked for as scope.
    func granted(_ granted: Scope, beyond requested: Scope, _ custom: CustomClaims) -> GrantedClaims {
        guard self != .none else { return .none }
        let names = { (claims: [Claim]) in
            claims.map(\.name).filter { name in
                // What the service itself says is there without being asked for; only scope depends on it.
                guard let scope = Self.scope(releasing: name, custom) else {
                    return name.text == "scope" || custom.defines(name.text)
                }
                return granted.contains(scope)
            }
        }
        let standing = scope(custom).intersection(granted)
        return GrantedClaims(
            idToken: names(idToken), userInfo: names(userInfo),
            scope: Scope(names: standing.names.filter { !requested.contains($0) }))
    }

    /// Nil where none is needed. A claim of an administrator's goes before a standard one of its name.
    private static func scope(releasing name: RequestedClaimName, _ custom: CustomClaims) -> String? {
        custom.defines(name.text) ? custom.scope(releasing: name.text) : StandardClaims.scope(releasing: name)
    }
}

extension GrantedClaims {
    /// For a sealed value or the store.
    package var json: JSON {
        var object: [String: JSON] = [:]
        if !idToken.isEmpty { object["i"] = .string(idToken.map(\.text).joined(separator: " ")) }
        if !userInfo.isEmpty { object["u"] = .string(userInfo.map(\.text).joined(separator: " ")) }
        if !scope.isEmpty { object["s"] = .string(scope.description) }
        return .object(object)
    }

    /// Nil for what ``json`` never wrote.
    package init?(stored json: JSON) {
        guard case .object = json else { return nil }
        let names = { (text: String?) in
            (text ?? "").split(separator: " ").compactMap { RequestedClaimName(String($0)) }
        }
        guard let scope = try? Scope(json["s"]?.stringValue ?? "") else { return nil }
        self.init(idToken: names(json["i"]?.stringValue), userInfo: names(json["u"]?.stringValue), scope: scope)
    }
}
