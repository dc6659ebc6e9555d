import JOSE

extension Timestamp {
    /// A time in a JWT (RFC 7519 §2): it may have a fraction. Nil for what is no time of ours, so that no sum overflows.
    init?(numericDate json: JSON?) {
        switch json {
        case .integer(let seconds) where (0...Self.latestNumericDate).contains(seconds): self.init(seconds)
        case .number(let seconds) where seconds >= 0 && seconds <= Double(Self.latestNumericDate):
            self.init(Int64(seconds))
        default: return nil
        }
    }

    /// The year 9999.
    private static let latestNumericDate: Int64 = 253_402_300_799
}
