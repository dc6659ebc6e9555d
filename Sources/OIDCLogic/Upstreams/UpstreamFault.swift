import JOSE

/// Why a sign-in at an upstream came to nothing. What each says is for the administrator: the user's page says what to do.
package enum UpstreamFault: Error, Sendable, Equatable {
    /// It can't be reached, or says that it can't serve now.
    case unreachable(String)
    /// It was asked, and what it answered was lost, if it did: it may have done all the same what it was asked for.
    case unanswered(String)
    /// Its discovery document, or its keys, can't be used.
    case metadata(String)
    /// What the browser brought back can't be read.
    case answer(String)
    /// RFC 9207 §2.4; nil: none came.
    case issuer(came: String?)
    /// It answered the user's sign-in with an error of OAuth.
    case refused(String, description: String?)
    /// Its token endpoint took the code for none, or us for someone else; with the error that it named.
    case tokenEndpoint(String)
    /// The same of what it gave: there is nothing in it that could be taken.
    case tokenAnswer(String)
    /// It refused, and named no error.
    case tokenStatus(Int)
    /// It gave tokens of another type than Bearer (RFC 6749 §7.1).
    case tokenType(String)
    /// The ID token is none of this sign-in's (OpenID Connect Core §3.1.3.7).
    case idToken(IDTokenFault)
    /// The userinfo endpoint answered something else, or of someone else (§5.3.2).
    case userinfo(String)
    /// The user was to prove who they are anew, and its `auth_time` doesn't say that they have.
    case notRenewed

    package enum IDTokenFault: Error, Sendable, Equatable {
        case absent, tooLong, malformed, algorithm(String), type(String), signature, subject
        case issuer(String?), audience, authorizedParty(String?)
        case expired(seconds: Int64), notYetValid(seconds: Int64), timeless, nonce, accessTokenHash
    }
}

extension UpstreamFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let cause): "can't be reached: \(cause)"
        case .unanswered(let cause): "doesn't answer: \(cause)"
        case .metadata(let cause): "can't be used: \(cause)"
        case .answer(let cause): "answered what can't be read: \(cause)"
        case .issuer(let came?): "answered as \"\(came)\" (iss), which isn't its issuer"
        case .issuer(nil): "says that its answers name it, and this one has no iss"
        case .refused(let error, let text): "refused the sign-in: \(error)\(text.map { " (\($0))" } ?? "")"
        case .tokenEndpoint(let cause), .tokenAnswer(let cause): "gave no tokens: \(cause)"
        case .tokenStatus(let status): "gave no tokens: status \(status)"
        case .tokenType(let type): "gave no tokens that serve: token_type is \(type), and Bearer alone does"
        case .idToken(let fault): "gave an ID token that can't be taken: \(fault)"
        case .userinfo(let cause): "gave no userinfo that can be taken: \(cause)"
        case .notRenewed: "was asked to let the user prove anew who they are, and its auth_time doesn't say so"
        }
    }
}

extension UpstreamFault.IDTokenFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .absent: "there is none in the token response; scope must have openid"
        case .tooLong:
            "it has more than \(UnverifiedJWS.maximumBytes) bytes; let the upstream put less into it, such as groups"
        case .malformed: "it is no signed JWT with claims"
        case .type(let name): "its typ is \(name), which is another kind of JWT's"
        case .algorithm(let name): "it is signed by \(name), which the configuration doesn't allow (algorithms)"
        case .signature: "no key that the upstream publishes verifies it"
        case .subject: "sub is missing, or has more than 255 characters"
        case .issuer(let came): "iss is \(came.map { "\"\($0)\"" } ?? "missing")"
        case .audience: "aud isn't our client_id alone"
        case .authorizedParty(let came): "azp is \(came.map { "\"\($0)\"" } ?? "missing")"
        case .expired(let seconds): "it expired \(seconds) s ago: look at the clocks of both servers"
        case .notYetValid(let seconds): "it is of \(seconds) s from now: look at the clocks of both servers"
        case .timeless: "exp or iat is missing"
        case .nonce: "nonce isn't the one that was sent"
        case .accessTokenHash: "at_hash isn't that of the access token"
        }
    }
}
