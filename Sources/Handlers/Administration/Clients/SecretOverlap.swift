/// How long the old secret of a client may be taken beside the new one.
package enum SecretOverlap {
    /// In seconds.
    static let longest: Int64 = 90 * 86_400

    /// As it is written. Nil if it is no time, or too long.
    package static func seconds(_ text: String) -> Int64? {
        WrittenDuration.seconds(text).flatMap { (0...longest).contains($0) ? $0 : nil }
    }
}
