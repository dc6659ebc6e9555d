import FCGIBridge
import Glibc
import Testing

@Suite struct ServerTests {
    @Test("Looking what descriptor 0 is leaves every signal its effect: a process that only begins can be ended")
    func lookingChangesNoSignal() {
        let before = Self.handlers
        #expect(!Server.isListening, "no web server runs the tests")
        #expect(Self.handlers == before)
    }

    private static var handlers: [Int] {
        [SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGPIPE].map { signal in
            var action = sigaction()
            unsafe sigaction(signal, nil, &action)
            return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        }
    }
}
