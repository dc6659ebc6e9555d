@testable import SQLiteStore

/// Runs `body` on `count` threads at once, and returns what each gave.
func concurrently<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
) throws -> [Result] {
    let results = Monitor<[Swift.Result<Result, any Error>]>([])
    for number in 0..<count {
        let started = DatabaseThread.start {
            let result = Swift.Result { try body(number) }
            results.update { $0.append(result) }
        }
        precondition(started)
    }
    return try results.wait { $0.count == count ? $0 : nil }.map { try $0.get() }
}
