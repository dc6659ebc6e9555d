import Glibc
import JOSE
import OIDCLogic

/// The machine's clock.
package enum SystemClock {
    package static let now: Clock = { Timestamp(Int64(time().tv_sec)) }

    static func milliseconds() -> Int64 {
        let time = time()
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func time() -> timespec {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return time
    }
}

extension IDSource {
    package static let system = IDSource(random: SystemRandom(), milliseconds: SystemClock.milliseconds)
}
