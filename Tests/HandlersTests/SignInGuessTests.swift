import FCGIBridge
import OIDCLogic
import Synchronization
import Testing

@testable import Handlers

/// RFC 6819 §4.4.3.6: who guesses passwords is slowed down.
struct SignInGuessTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
    }

    @Test func `who guesses waits, and then gets in`() throws {
        var page = browser.authorize()
        for _ in 0..<6 {
            page = browser.login(on: page, ["password": "wrong"])
            #expect(page.status == .ok, "five are free, and the sixth is the first that costs")
        }
        let refused = browser.login(on: page)
        #expect(refused.status == .tooManyRequests)
        #expect(refused[.retryAfter]?.text == "1")
        fixture.now = fixture.now + 1
        #expect(browser.login(on: refused).leads(to: "https://app.example/callback?code="))
    }

    // RFC 6819 §4.4.3.6: one password for many names is a guess as well.
    @Test func `who tries many names from one address waits`() throws {
        let address = ThrottleKey.login(address: "127.0.0.1")
        _ = browser.login(on: browser.authorize(), as: "nobody")
        #expect(try fixture.store.failedAttempts(for: address)?.count == 1)
        for _ in 0..<100 { try fixture.store.recordFailure(for: [address], at: fixture.now) }
        let refused = browser.login(on: browser.authorize())
        #expect(refused.status == .tooManyRequests)
        fixture.now = fixture.now + 1
        #expect(browser.login(on: refused).leads(to: "https://app.example/callback?code="))
        #expect(try fixture.store.failedAttempts(for: address)?.count == 101, "one success says nothing of the others")
    }

    @Test func `a success forgets the failures`() throws {
        var page = browser.authorize()
        for _ in 0..<5 { page = browser.login(on: page, ["password": "wrong"]) }
        #expect(browser.login(on: page).leads(to: "https://app.example/callback?code="))
        let key = ThrottleKey.login(account: Username("ann"))
        #expect(try fixture.store.failedAttempts(for: key) == nil)
    }

    // RFC 6819 §4.4.3.6: a failure is known only after the hash, and must count before that.
    @Test func `guesses sent at once get no more than guesses in turn`() throws {
        let hashes = Mutex(0)
        nonisolated(unsafe) let same = fixture
        // Each is sent while the one before is being checked.
        fixture.whileChecking {
            let depth = hashes.withLock { hashes in
                hashes += 1
                return hashes
            }
            guard depth < 12 else { return }
            let browser = unsafe HandlerBrowser(same)
            let response = browser.login(on: browser.authorize(), ["password": "wrong"])
            if depth == 6 { #expect(response.status == .tooManyRequests && response[.retryAfter]?.text == "1") }
        }
        _ = browser.login(on: browser.authorize(), ["password": "wrong"])
        #expect(hashes.withLock { $0 } == 6)
        let key = ThrottleKey.login(account: Username("ann"))
        #expect(try fixture.store.failedAttempts(for: key)?.count == 6)
        fixture.whileChecking(nil)
        fixture.now = fixture.now + 1
        #expect(browser.login(on: browser.authorize()).leads(to: "https://app.example/callback?code="))
    }
}
