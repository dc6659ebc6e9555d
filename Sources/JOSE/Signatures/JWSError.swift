/// Why a JWS was refused.
package enum JWSError: Error, Equatable {
    /// Longer than `UnverifiedJWS.maximumBytes`.
    case tooLong
    /// Not three parts of strict base64url, or its header is no JSON object with a string `alg`.
    case malformed
    /// The header has `crit` or `b64`: extensions that must be understood, and aren't (RFC 7515 section 4.1.11).
    case unsupportedExtension
    /// The header's `alg` is not the one agreed on.
    case wrongAlgorithm
    /// The header's `typ` is missing or another one.
    case wrongType
    /// The key didn't sign this.
    case wrongSignature
    /// The payload is no JSON object.
    case claimsMalformed
}
