import FoundationEssentials
import OIDCLogic
import Synchronization

/// The time at the beginning of a log's line, written once a second.
final class LogTime: Sendable {
    private let now: Clock
    private let written = Mutex((Timestamp(0), "1970-01-01T00:00:00Z"))

    init(now: @escaping Clock) { self.now = now }

    /// `2026-11-26T09:05:12Z`
    func text() -> String {
        let time = now()
        return written.withLock { written in
            if written.0 != time {
                written = (time, Date(timeIntervalSince1970: Double(time.seconds)).formatted(.iso8601))
            }
            return written.1
        }
    }
}
