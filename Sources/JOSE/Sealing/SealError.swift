/// Why a sealed value doesn't open.
package enum SealError: Error, Equatable {
    /// Too short, or not strict base64url.
    case malformed
    /// Sealed under a key that isn't in the file any more, or never was.
    case unknownKey
    /// Changed on the way, or sealed for another purpose, issuer or associated value.
    case notAuthentic
    /// Ours, but not the kind of value that was asked for.
    case unexpectedContent
}
