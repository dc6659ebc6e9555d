/// What password hashing may cost. One hash takes about 30 ms and 16 MB.
package struct LoginSettings: Sendable, Equatable {
    /// How many hashes one process computes at a time.
    package let hashesAtOnce: Int
    /// How many wait for their turn in one process; whoever comes then is told to try again in a moment.
    package let hashesWaiting: Int

    /// How many wait unless it is said: each keeps a thread, and a quarter of them is left to tell the rest.
    static func hashesWaiting(threads: Int, atOnce: Int) -> Int { max(0, threads * 3 / 4 - atOnce) }

    /// Whether a process of so many threads has one left to say so.
    func canBeBusy(threads: Int) -> Bool { threads > hashesAtOnce + hashesWaiting }
}
