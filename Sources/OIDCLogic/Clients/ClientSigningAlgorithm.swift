import JOSE

/// An algorithm that a client may sign its assertions and request objects with (OpenID Connect Core §9 and §6.1). `none` has
/// no spelling here.
package enum ClientSigningAlgorithm: RawRepresentable, CaseIterable, Sendable, Equatable {
    /// With its secret.
    case mac(MACAlgorithm)
    /// With a key of its own.
    case signature(SignatureAlgorithm)

    package static let allCases = MACAlgorithm.allCases.map(Self.mac) + SignatureAlgorithm.allCases.map(Self.signature)

    package init?(rawValue: String) {
        if let algorithm = MACAlgorithm(rawValue: rawValue) {
            self = .mac(algorithm)
        } else if let algorithm = SignatureAlgorithm(rawValue: rawValue) {
            self = .signature(algorithm)
        } else {
            return nil
        }
    }

    package var rawValue: String {
        switch self {
        case .mac(let algorithm): algorithm.rawValue
        case .signature(let algorithm): algorithm.rawValue
        }
    }
}
