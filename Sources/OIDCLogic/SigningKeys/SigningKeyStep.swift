/// A part of a change of the signing keys.
package enum SigningKeyStep: Sendable, Equatable {
    /// A new key.
    case add(SigningKeyRecord)
    /// A key goes on to another state; it is still as it was.
    case move(SigningKeyRecord, to: SigningKeyRecord)
}
