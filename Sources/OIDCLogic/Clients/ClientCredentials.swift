import JOSE

/// What a client sent to prove who it is (RFC 6749 §2.3, OpenID Connect Core §9), parsed but not believed.
package enum ClientCredentials: Sendable {
    case basic(BasicCredentials)
    case post(ClientID, ClientSecret)
    case assertion(ClientAssertion)
    /// Nothing but its id: a public client.
    case idAlone(ClientID)

    /// Throws `invalid_request` for more than one method (RFC 6749 §2.3), `invalid_client` for none or a broken one.
    package init(_ parameters: Parameters, authorization: String?) throws(OAuthError) {
        let id = try parameters.value("client_id", limit: 255).map { ClientID($0) }
        let secret = try parameters.value("client_secret", limit: 255).map { ClientSecret($0) }
        let assertion = try parameters.value("client_assertion")
        let assertionType = try parameters.value("client_assertion_type")
        guard [authorization != nil, secret != nil, assertion != nil].count(where: { $0 }) <= 1 else {
            throw .invalidRequest(
                "the client authenticated twice: send the Authorization header, client_secret or client_assertion alone",
                detail: .clientAuthentication(.unexpected, registered: nil))
        }
        guard assertion != nil || assertionType == nil else {
            throw .invalidRequest(
                "client_assertion_type came without client_assertion",
                detail: .clientAuthentication(.absent, registered: nil))
        }
        if let authorization {
            let basic = try BasicCredentials(authorization)
            guard id == nil || id == basic.decoded.id || id == basic.raw?.id else {
                throw .invalidRequest("client_id in the body is another than in the Authorization header")
            }
            self = .basic(basic)
        } else if let assertion {
            self = .assertion(try ClientAssertion(assertion, type: assertionType, clientID: id))
        } else {
            guard let id else { throw .invalidClient("the client did not say who it is: client_id is missing") }
            self = if let secret { .post(id, secret) } else { .idAlone(id) }
        }
    }

    /// Whose client it may be, the likelier first.
    package var clientIDs: [ClientID] {
        switch self {
        case .basic(let basic): [basic.decoded.id] + (basic.raw.map { [$0.id] } ?? [])
        case .post(let id, _), .idAlone(let id): [id]
        case .assertion(let assertion): [assertion.clientID]
        }
    }

    /// What the log calls it.
    var name: String {
        switch self {
        case .basic: TokenEndpointAuthMethod.clientSecretBasic.rawValue
        case .post: TokenEndpointAuthMethod.clientSecretPost.rawValue
        case .assertion: "client_assertion"
        case .idAlone: TokenEndpointAuthMethod.none.rawValue
        }
    }
}
