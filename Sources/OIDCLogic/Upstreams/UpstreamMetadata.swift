import JOSE

/// What an upstream says of itself (OpenID Connect Discovery §3).
package struct UpstreamMetadata: Sendable, Equatable {
    package let authorizationEndpoint: WebURI
    package let tokenEndpoint: WebURI
    package let userinfoEndpoint: WebURI?
    /// Nil: nothing of its is signed, as of one that speaks OAuth alone.
    package let keys: WebURI?
    package let endSessionEndpoint: WebURI?
    /// RFC 9207 §3: then each answer names its issuer.
    package let namesIssuerInAnswers: Bool
    /// The lists of what it supports, by their members; without one it doesn't say.
    package let supported: [String: [String]]

    /// In bytes.
    package static let limit = 256 * 1024

    /// Throws what keeps it from being used.
    ///
    /// - Parameter issuer: §4.3: the document must name the very issuer that was asked.
    package init(parsing bytes: [UInt8], of issuer: WebURI) throws(UpstreamMetadataFault) {
        guard let document = try? JSON(parsing: bytes, maximumBytes: Self.limit), document.objectValue != nil else {
            throw .notJSON
        }
        guard let named = document["issuer"]?.stringValue, named.hasSameBytes(as: issuer.value) else {
            throw .otherIssuer(document["issuer"]?.stringValue)
        }
        authorizationEndpoint = try Self.uri("authorization_endpoint", in: document)
        tokenEndpoint = try Self.uri("token_endpoint", in: document)
        keys = try Self.uri("jwks_uri", in: document)
        userinfoEndpoint = try Self.optionalURI("userinfo_endpoint", in: document)
        endSessionEndpoint = try Self.optionalURI("end_session_endpoint", in: document)
        supported = (document.objectValue ?? [:]).filter { $0.key.hasSuffix("_supported") }
            .compactMapValues { $0.arrayValue?.compactMap(\.stringValue) }
        namesIssuerInAnswers = document["authorization_response_iss_parameter_supported"]?.boolValue ?? false
    }

    /// Of one that says nothing of itself: what the administrator said of it. RFC 9207 §2.4: an `iss` that comes is compared,
    /// though none need come.
    package init(of oauth: PlainOAuth) {
        authorizationEndpoint = oauth.authorizationEndpoint
        tokenEndpoint = oauth.tokenEndpoint
        userinfoEndpoint = oauth.userinfoEndpoint
        keys = nil
        endSessionEndpoint = nil
        namesIssuerInAnswers = false
        supported = [:]
    }

    private static func uri(_ member: String, in document: JSON) throws(UpstreamMetadataFault) -> WebURI {
        guard let uri = try optionalURI(member, in: document) else { throw .member(member) }
        return uri
    }

    /// An endpoint has no fragment (RFC 6749 §3.1).
    private static func optionalURI(_ member: String, in document: JSON) throws(UpstreamMetadataFault) -> WebURI? {
        guard let value = document[member], value != .null else { return nil }
        guard let uri = value.stringValue.flatMap(WebURI.init), !uri.hasFragment else { throw .member(member) }
        return uri
    }
}

/// Why a discovery document can't be used.
package enum UpstreamMetadataFault: Error, Sendable, Equatable {
    case notJSON
    /// Nil: it names none.
    case otherIssuer(String?)
    /// It is missing, or no URL.
    case member(String)
}

extension UpstreamMetadataFault: CustomStringConvertible {
    /// For the administrator.
    package var description: String {
        switch self {
        case .notJSON: "the discovery document is no JSON object"
        case .otherIssuer(let named):
            "the discovery document names \(named.map { "the issuer \"\($0)\"" } ?? "no issuer"); the two must be the same "
                + "to the byte, a slash at the end as well"
        case .member(let name): "\(name) of the discovery document is missing, or is no http(s) URL"
        }
    }
}
