/// Why a JWK or a set of them was refused. The name is that of a member; no value of the key is in it.
package enum JWKError: Error, Equatable {
    /// Not JSON, not an object, or not a set with an array `keys`.
    case malformed
    /// A member is missing, has another type, or is not strict base64url.
    case member(String)
    /// A private or symmetric member stands in what must be a public key.
    case notPublic
    /// A kind of key that serves no algorithm of ours.
    case unsupported
    /// `use`, `key_ops` or `alg` says that the key is for something else.
    case otherUse
    /// Numbers that are no key of that kind, are too short or too long, or don't belong together.
    case unusable
}
