import JOSE

/// The `claims` parameter of an authorization request (OpenID Connect Core §5.5), as it came.
package struct ClaimsRequest: Sendable, Equatable {
    /// One member of `id_token` or `userinfo`.
    package struct Claim: Sendable, Equatable {
        package let name: RequestedClaimName
        package let isEssential: Bool
        /// `value`, or those of `values`; nil: any. A JSON null says nothing, as if it weren't there.
        package let values: [JSON]?
    }

    package private(set) var idToken: [Claim] = []
    package private(set) var userInfo: [Claim] = []

    package static let none = ClaimsRequest()

    /// In bytes, of the parameter.
    static let limit = 4096
    /// `{"id_token": {"acr": {"values": [{…}]}}}` has five, and no claim's value needs more than a few within.
    private static let depthLimit = 8
    /// Of one member.
    private static let countLimit = 64

    private init() {}

    /// Throws `invalid_request` for what is none. Members that aren't understood are ignored (§5.5), names that no claim
    /// here can have among them; they count towards the limits all the same.
    package init(_ text: String) throws(OAuthError) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: Array(text.utf8), maximumBytes: Self.limit, maximumDepth: Self.depthLimit)
        } catch {
            throw .invalidRequest(
                "claims is no JSON, or too long or too deep", cause: "claims: \(error)",
                detail: .parameter("claims", .malformed))
        }
        guard case .object = json else {
            throw .invalidRequest(
                "claims must be a JSON object", detail: .parameter("claims", .malformed))
        }
        idToken = try Self.claims(json["id_token"])
        userInfo = try Self.claims(json["userinfo"])
    }

    private static func claims(_ member: JSON?) throws(OAuthError) -> [Claim] {
        guard let member, member != .null else { return [] }
        guard case .object(let object) = member else {
            throw .invalidRequest(
                "the members id_token and userinfo of claims must be objects", detail: .parameter("claims", .malformed))
        }
        guard object.count <= countLimit else {
            throw .invalidRequest(
                "claims asks for too many claims", detail: .parameter("claims", .malformed))
        }
        var claims: [Claim] = []
        for (name, wish) in object.sorted(by: { $0.key.precedesInBytes($1.key) }) {
            guard let name = RequestedClaimName(name) else { continue }
            claims.append(try claim(name, wish))
        }
        return claims
    }

    /// §5.5.1.
    private static func claim(_ name: RequestedClaimName, _ wish: JSON) throws(OAuthError) -> Claim {
        switch wish {
        case .null: return Claim(name: name, isEssential: false, values: nil)
        case .object(let all):
            let members = all.filter { $0.value != .null }
            guard members["essential"].map({ $0.boolValue != nil }) ?? true else {
                throw .invalidRequest(
                    "essential must be true or false", detail: .parameter("claims", .malformed))
            }
            guard members["values"].map({ $0.arrayValue != nil }) ?? true else {
                throw .invalidRequest(
                    "values must be an array", detail: .parameter("claims", .malformed))
            }
            return Claim(
                name: name, isEssential: members["essential"]?.boolValue ?? false,
                values: members["value"].map { [$0] } ?? members["values"]?.arrayValue)
        default:
            throw .invalidRequest(
                "a claim of the parameter claims must be null or an object", detail: .parameter("claims", .malformed))
        }
    }

    /// The subjects that the answer may be about (§5.5.1); nil: any.
    package var subjects: [JSON]? {
        let wishes = (idToken + userInfo).filter { $0.name.text == "sub" }.compactMap(\.values)
        guard let first = wishes.first else { return nil }
        return first.filter { subject in wishes.allSatisfy { $0.contains(subject) } }
    }

    /// Whether the ID token has to say when the user proved who they are (§5.5.1).
    var needsAuthTime: Bool { idToken.contains { $0.name.text == "auth_time" && $0.isEssential } }

    /// The authentication context classes of which one must be met (§5.5.1.1); nil: any will do.
    package var essentialACRs: [JSON]? {
        idToken.first { $0.name.text == "acr" && $0.isEssential && $0.values != nil }?.values
    }

    /// The classes that are asked for by name, essential or not, as `acr_values` says them.
    ///
    /// - Parameter registered: the client's `default_acr_values`, which a request for `acr` overrides (OpenID Connect
    ///   Registration §2).
    func acrValues(orElse registered: String?) -> String? {
        guard let values = idToken.first(where: { $0.name.text == "acr" })?.values else { return registered }
        let classes = values.compactMap(\.stringValue).filter { !$0.isEmpty && !$0.utf8.contains(0x20) }
        return classes.isEmpty ? nil : classes.joined(separator: " ")
    }

    /// The same with what there is of `user` in the languages that claims are wanted in (§5.2, `claims_locales`): of the
    /// claims that `scope` releases, and of those that are asked for by name.
    func speaking(_ locales: [String], of user: User, in scope: Scope, _ custom: CustomClaims) -> ClaimsRequest {
        guard !locales.isEmpty else { return self }
        var request = self
        for attribute in user.attributes.keys.sorted(by: { $0.precedesInBytes($1) }) {
            guard let name = RequestedClaimName(attribute), name.isIn(locales), !custom.defines(attribute),
                let releasing = StandardClaims.scope(releasing: name)
            else { continue }
            let claim = Claim(name: name, isEssential: false, values: nil)
            if scope.contains(releasing) || userInfo.hasBase(of: name) { request.userInfo.add(claim) }
            if idToken.hasBase(of: name) { request.idToken.add(claim) }
        }
        return request
    }

    /// The most that either member may have.
    fileprivate static var most: Int { countLimit }
}

/// The name of a claim that is asked for, with a language tag or without (OpenID Connect Core §5.2).
package struct RequestedClaimName: Sendable, Hashable {
    package let text: String
    /// Without the tag.
    package let base: String

    var isTagged: Bool { base.utf8.count < text.utf8.count }

    /// Nil for what is longer than any claim's name (``ClaimName``), or has other characters than these.
    init?(_ text: String) {
        guard (1...256).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.text = text
        base = String(decoding: text.utf8.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self)
    }

    /// Whether its tag is one of these languages, or says more closely which of it (RFC 4647 §3.3.1).
    func isIn(_ locales: [String]) -> Bool {
        guard isTagged else { return false }
        let tag = text.dropFirst(base.count + 1).lowercased()
        return locales.contains { locale in
            let range = locale.lowercased()
            return tag.hasSameBytes(as: range) || tag.utf8.starts(with: (range + "-").utf8)
        }
    }

    /// Whether an attribute is the same claim in the same language: tags have no case (RFC 5646 §2.1.1).
    func hasSameTag(as attribute: String) -> Bool {
        attribute.utf8.count == text.utf8.count && attribute.hasPrefix(base + "#")
            && attribute.lowercased().hasSameBytes(as: text.lowercased())
    }
}

extension [ClaimsRequest.Claim] {
    fileprivate func hasBase(of name: RequestedClaimName) -> Bool {
        contains { $0.name.base.hasSameBytes(as: name.base) }
    }

    fileprivate mutating func add(_ claim: ClaimsRequest.Claim) {
        guard count < ClaimsRequest.most, !contains(where: { claim.name.hasSameTag(as: $0.name.text) }) else { return }
        append(claim)
    }
}
