/// A token request of a client for itself (RFC 6749 §4.4).
package enum ClientCredentialsGrant {
    /// What the client gets: of what it asks for, or of all that it is allowed, whatever has a meaning without a user, and
    /// one at all: a defined scope, or a role of its own or of all apps. Which ones, its registration alone decides: rules
    /// are about users, and it holds no role but by being allowed it.
    ///
    /// Throws `unauthorized_client`, or `invalid_scope` where nothing of what it asks for is left.
    package static func subject(
        _ parameters: Parameters, for client: AuthenticatedClient, in catalogue: ScopeCatalogue
    ) throws(OAuthError) -> TokenSubject {
        try subject(
            asking: try parameters.value("scope", limit: 4096).map { text throws(OAuthError) in try Scope(text) },
            for: client.client, in: catalogue)
    }

    /// The same, whether the client asks or an administrator only wants to know.
    ///
    /// - Parameter requested: nil: nothing was said.
    package static func subject(
        asking requested: Scope?, for client: Client, in catalogue: ScopeCatalogue
    ) throws(OAuthError) -> TokenSubject {
        guard client.metadata.grantTypes.contains(.clientCredentials), !client.metadata.isPublic else {
            throw .unauthorizedClient(
                "this client is not registered for the grant client_credentials", detail: .grantType)
        }
        let asked = requested ?? client.metadata.defaultScope ?? client.metadata.scope
        let granted = Scope(names: asked.names.filter { fate(of: $0, for: client, in: catalogue) == .granted })
        guard requested == nil || !granted.isEmpty || client.preset == .mendix else {
            throw .invalidScope(
                "nothing of the requested scope can be granted to this client", detail: .scope(.nothingAllowed))
        }
        return .client(client, scope: granted)
    }

    /// What becomes of a scope that a client asks for.
    package enum ScopeFate: Sendable {
        case granted, notAllowed, needsUser, unknown
    }

    package static func fate(of name: String, for client: Client, in catalogue: ScopeCatalogue) -> ScopeFate {
        guard client.metadata.scope.contains(name) else { return .notAllowed }
        guard !Scope.builtIn.contains(name) else { return .needsUser }
        return catalogue.unknown(in: Scope(names: [name]), for: client.id).isEmpty ? .granted : .unknown
    }
}

extension ClientCredentialsGrant.ScopeFate: CustomStringConvertible {
    package var description: String {
        switch self {
        case .granted: "the client is allowed it"
        case .notAllowed: "the client is not allowed it"
        case .needsUser: "it is about a user, and there is none"
        case .unknown: "no scope or role of this name means anything to the client"
        }
    }
}
