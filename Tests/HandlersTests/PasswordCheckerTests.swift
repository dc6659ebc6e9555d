import Dispatch
import JOSE
import OIDCLogic
import Synchronization
import Testing

@testable import Handlers

@Suite struct PasswordCheckerTests {
    private func user(_ hash: String?, isDisabled: Bool = false) -> User {
        User(
            id: UserID("u"), username: Username("anna"), passwordHash: hash, isDisabled: isDisabled,
            createdAt: Timestamp(0), updatedAt: Timestamp(0))
    }

    @Test func `the right password of a living account signs in, and nothing else does`() throws {
        let hash = try PasswordHash.hash("correct horse".utf8)
        let checker = PasswordChecker(limit: 1, queue: 0)
        #expect(try checker.user(user(hash), password: "correct horse") != nil)
        #expect(try checker.user(user(hash), password: "wrong") == nil)
        #expect(try checker.user(user(hash, isDisabled: true), password: "correct horse") == nil)
        #expect(try checker.user(user(nil), password: "correct horse") == nil)
        #expect(try checker.user(nil, password: "correct horse") == nil)
    }

    @Test func `known, disabled, without a password or unknown: one hash each`() throws {
        let hashes = Mutex(0)
        let checker = PasswordChecker(limit: 1, queue: 0) { _, _ in
            hashes.withLock { $0 += 1 }
            return false
        }
        for candidate in [user("$y$a"), user("$y$a", isDisabled: true), user(nil), nil] {
            hashes.withLock { $0 = 0 }
            #expect(try checker.user(candidate, password: "guess") == nil)
            #expect(hashes.withLock { $0 } == 1)
        }
    }

    @Test func `while all turns are taken the next is told that it is busy, and is served after`() throws {
        let isRunning = DispatchSemaphore(value: 0)
        let mayEnd = DispatchSemaphore(value: 0)
        let hasEnded = DispatchSemaphore(value: 0)
        let checker = PasswordChecker(limit: 1, queue: 0) { password, _ in
            guard password == "slow" else { return false }
            isRunning.signal()
            mayEnd.wait()
            return false
        }
        DispatchQueue.global().async {
            _ = try? checker.user(nil, password: "slow")
            hasEnded.signal()
        }
        isRunning.wait()
        #expect(throws: OAuthError.self) { try checker.user(nil, password: "guess") }
        mayEnd.signal()
        hasEnded.wait()
        #expect(try checker.user(nil, password: "guess") == nil)
    }
}
