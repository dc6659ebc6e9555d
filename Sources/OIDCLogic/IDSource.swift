import JOSE

/// Makes ids that are told apart by 80 random bits and begin with the time: those made one after the other lie side by side
/// in the store's indexes, and a commit writes fewer pages.
package struct IDSource: Sendable {
    private let random: any RandomSource
    private let milliseconds: @Sendable () -> Int64

    /// - Parameter milliseconds: since 1970.
    package init(random: any RandomSource, milliseconds: @escaping @Sendable () -> Int64) {
        self.random = random
        self.milliseconds = milliseconds
    }

    /// 16 bytes.
    package func bytes() -> [UInt8] {
        let time = milliseconds()
        return [40, 32, 24, 16, 8, 0].map { UInt8(truncatingIfNeeded: time >> $0) } + random.bytes(10)
    }
}
