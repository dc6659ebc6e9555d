/// Why bytes were refused as JSON. None of these carries any of the input.
package enum JSONError: Error, Equatable {
    case tooLong
    case tooDeep
    case invalidUTF8
    /// Two members of one object have the same name (RFC 7493 section 2.3, RFC 7515 section 4).
    case duplicateMember
    case malformed
}
