package enum RegistrationTokenKind {}
/// The text of an initial access token, or of a registration access token (RFC 7592 §1.2).
package typealias RegistrationToken = OpaqueToken<RegistrationTokenKind>
