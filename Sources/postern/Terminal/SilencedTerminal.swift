import Dispatch
import Glibc

/// A terminal that doesn't show what is typed, until it is restored; also an interrupt restores it.
final class SilencedTerminal {
    private let settings: termios
    private let interrupt: any DispatchSourceSignal

    init(_ settings: termios) {
        self.settings = settings
        signal(SIGINT, SIG_IGN)
        interrupt = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        interrupt.setEventHandler {
            var settings = settings
            _ = unsafe tcsetattr(0, TCSAFLUSH, &settings)
            exit(130)
        }
        interrupt.resume()
    }

    func restore() {
        interrupt.cancel()
        signal(SIGINT, SIG_DFL)
        var settings = settings
        _ = unsafe tcsetattr(0, TCSAFLUSH, &settings)
    }
}
