/// What an access token looks like to those that it isn't for.
package enum AccessTokenFormat: String, Sendable, CaseIterable {
    case jwt
    /// Nothing can be read in it: a resource must introspect it.
    case opaque
}
