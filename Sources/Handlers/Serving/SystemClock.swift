import Glibc
import OIDCLogic

/// The machine's clock.
package enum SystemClock {
    package static let now: Clock = {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(Int64(time.tv_sec))
    }
}
