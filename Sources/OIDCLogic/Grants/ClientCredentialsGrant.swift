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
        let client = client.client
        guard client.metadata.grantTypes.contains(.clientCredentials), !client.metadata.isPublic else {
            throw .unauthorizedClient(
                "this client is not registered for the grant client_credentials", detail: .grantType)
        }
        let requested = try parameters.value("scope", limit: 4096).map { text throws(OAuthError) in try Scope(text) }
        let allowed = client.metadata.scope.subtracting(Scope.builtIn.names)
        let known = allowed.subtracting(catalogue.unknown(in: allowed, for: client.id))
        let granted = (requested ?? client.metadata.defaultScope ?? known).intersection(known)
        guard requested == nil || !granted.isEmpty || client.preset == .mendix else {
            throw .invalidScope(
                "nothing of the requested scope can be granted to this client", detail: .scope(.nothingAllowed))
        }
        return .client(client, scope: granted)
    }
}
