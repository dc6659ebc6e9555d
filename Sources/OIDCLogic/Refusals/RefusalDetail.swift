/// What exactly was wrong, of the little that is kept of a refusal: names, ids and how things stood, never a value that
/// must stay secret.
package enum RefusalDetail: Sendable, Equatable {
    /// Only a name that this provider knows is one to keep; any other may be anything: see ``parameter(_:_:)``.
    case namedParameter(String?, ParameterFault)
    case unknownClient
    case unregisteredRedirectURI
    /// Another at the token endpoint than in the authorization request (RFC 6749 §4.1.3), which had this one.
    case redirectURIOfCode(RedactedURI)
    /// `registered`: the method that the client was registered with then.
    case clientAuthentication(CredentialFault, registered: String?)
    case pkce(PKCEPart, CredentialFault)
    case credential(CredentialKind, Ending)
    case scope(ScopeFault)
    /// The client isn't registered for the grant.
    case grantType
    case resource
    /// A rule of the policy, by its name.
    case policy(String)
    /// `prompt=none` (OpenID Connect Core §3.1.2.1) left no way to ask.
    case silentRequest
    case throttled
    /// The app sent the browser here again each time that it was answered.
    case redirectLoop
    case signIn(SignInFault)
    /// The member that was wrong (RFC 7591 §3.2.2), of those that this provider knows.
    case clientMetadata(String)
    /// A CI job's identity token, and the rule that it came nearest to.
    case ciToken(rule: CIRuleName, CITokenFault)
    case requestObject(RequestObjectFault)
    /// The client waits for its administrator's approval.
    case awaitedApproval
    /// A sign-in at an upstream, and why it came to nothing: a text of ours, with what the upstream said where that is no
    /// secret.
    case upstream(UpstreamName, String)

    package static func parameter(_ name: String, _ fault: ParameterFault) -> Self {
        .namedParameter(RefusedRequest.shown(name), fault)
    }

    package static func clientAuthentication(_ fault: CredentialFault, _ client: Client) -> Self {
        .clientAuthentication(fault, registered: client.metadata.tokenEndpointAuthMethod?.rawValue)
    }

    package enum ParameterFault: String, Sendable {
        case absent, repeated, malformed, unsupported
        case tooLong = "too_long"
    }

    /// All that may be said of a secret, code, token, verifier, password, assertion or hint.
    package enum CredentialFault: String, Sendable {
        case absent, malformed
        case mismatch = "did_not_match"
        /// It came where none belongs.
        case unexpected
        case otherMethod = "other_method"
    }

    package enum PKCEPart: String, Sendable {
        case challenge = "code_challenge"
        case method = "code_challenge_method"
        case verifier = "code_verifier"
    }

    package enum CredentialKind: String, Sendable {
        case code
        case refreshToken = "refresh_token"
        case accessToken = "access_token"
        case initialAccessToken = "initial_access_token"
        case registrationAccessToken = "registration_access_token"
    }

    /// Why a code or a token is worth nothing.
    package enum Ending: Sendable, Equatable {
        case absent, expired, revoked, malformed
        /// It was made by another provider, or with keys that are gone, or was changed on its way.
        case foreign
        case usedBefore
        case ofAnotherClient(ClientID)
        case sessionOver
        case userEnded
        case clientRemoved
        /// In what the code or token goes by.
        case clientChanged
        case consentWithdrawn
        case scopeWithdrawn
        case otherAudience
    }

    package enum ScopeFault: String, Sendable {
        case malformed
        case nothingAllowed = "nothing_allowed"
        case moreThanGranted = "more_than_granted"
        case tooLittle = "too_little"
    }

    package enum SignInFault: String, Sendable {
        case wrongCredentials = "wrong_credentials"
        case wrongUser = "wrong_user"
        case stale, throttled, busy
    }
}
