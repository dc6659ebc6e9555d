import JOSE

/// What a request object says, once its signature was right (RFC 9101 §4, OpenID Connect Core §6.1).
struct RequestObjectClaims {
    /// In seconds: how far the client's clock and ours may be apart.
    private static let clockSkew: Int64 = 30

    let parameters: Parameters

    /// Throws `invalid_request_object`.
    init(_ claims: JSON, of client: ClientID, to issuer: Issuer, at now: Timestamp) throws(OAuthError) {
        // RFC 9101 §4: `iss` and `aud` should be there; what is there must be right (RFC 8725 §3.8 and §3.9).
        for name in ["iss", "client_id"] where claims[name] != nil {
            guard claims[name]?.stringValue?.hasSameBytes(as: client.value) ?? false else {
                throw Self.fault(
                    "iss and client_id of the request object must be the client_id of the request",
                    ClaimMismatch(name, came: claims[name], expected: .string(client.value)))
            }
        }
        if let audience = claims["aud"] {
            guard (audience.arrayValue ?? [audience]).contains(.string(issuer.value)) else {
                throw Self.fault(
                    "aud of the request object must be this provider's issuer",
                    ClaimMismatch("aud", came: audience, expected: .string(issuer.value)))
            }
        }
        if claims["exp"] != nil {
            guard let end = Timestamp(numericDate: claims["exp"]), now < end + Self.clockSkew else {
                throw Self.fault(
                    "the request object has expired: look at exp, and at the clock",
                    ClaimMismatch("exp", time: claims["exp"], expected: "later than \(now.seconds)"))
            }
        }
        for name in ["nbf", "iat"] where claims[name] != nil {
            guard let time = Timestamp(numericDate: claims[name]), time <= now + Self.clockSkew else {
                throw Self.fault(
                    "the request object is not valid yet: look at nbf and iat, and at the clock",
                    ClaimMismatch(name, time: claims[name], expected: "\(now.seconds) or earlier"))
            }
        }
        // RFC 9101 §4: "request and request_uri parameters MUST NOT be included in Request Objects."
        for name in ["request", "request_uri"] where claims[name] != nil {
            throw Self.fault(
                "a request object can't hold another, nor refer to one", ClaimMismatch(name, cameAs: "there"))
        }
        parameters = Parameters(
            try Self.names.map { name throws(OAuthError) in try Self.fields(name, of: claims) }.joined())
    }

    private static func fault(_ text: StaticString, _ mismatch: ClaimMismatch) -> OAuthError {
        .invalidRequestObject(
            text, cause: "request object: \(mismatch.claim)", detail: .requestObject(.claim(mismatch)))
    }

    /// Of the claims that are parameters.
    static let names = AuthorizationParameter.allCases.map(\.rawValue) + ["registration"]

    /// A claim as a parameter. RFC 9101 §4: strings and numbers are, `claims` is an object, and `resource` may be an array.
    static func fields(_ name: String, of claims: JSON) throws(OAuthError) -> [(name: String, value: String)] {
        switch claims[name] {
        case nil, .null: return []
        case .string(let text): return [(name, text)]
        case .integer(let number) where name == AuthorizationParameter.maxAge.rawValue: return [(name, "\(number)")]
        case .object(let object) where ["claims", "registration"].contains(name):
            return [(name, String(decoding: JSON.object(object).serialized(), as: UTF8.self))]
        case .array(let items)
        where name == AuthorizationParameter.resource.rawValue && items.allSatisfy { $0.stringValue != nil }:
            return items.compactMap(\.stringValue).map { (name, $0) }
        default:
            throw fault(
                "a parameter in the request object has a value of another type",
                ClaimMismatch(name, cameAs: "a value of another type", expected: "what the parameter takes"))
        }
    }
}

extension ClaimMismatch {
    fileprivate init(_ claim: String, time: JSON?, expected: String) {
        let came = Timestamp(numericDate: time).map { "\($0.seconds)" } ?? "no number of seconds"
        self.init(claim, came: came, expected: expected)
    }

    /// What came is not written down: it may be anything.
    fileprivate init(_ claim: String, cameAs form: String, expected: String = "not there") {
        self.init(claim, came: form, expected: expected)
    }
}
