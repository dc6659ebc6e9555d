/// What password hashing may cost. One hash takes about 30 ms and 16 MB.
package struct LoginSettings: Sendable, Equatable {
    /// How many hashes one process computes at a time.
    package let hashesAtOnce: Int
    /// How many wait for their turn in one process; whoever comes then is told to try again in a moment.
    package let hashesWaiting: Int
}
