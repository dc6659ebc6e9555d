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

    @Test func `a right password is hashed anew where its hash is of the past`() throws {
        let checker = PasswordChecker(limit: 1, queue: 0, verify: { password, _ in password == "correct horse" })
        let current = try PasswordHash.hash("correct horse".utf8)
        let old = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
        let hash = try #require(try checker.user(user(old), password: "correct horse")?.betterHash)
        #expect(PasswordHash.verify("correct horse".utf8, hash))
        #expect(try checker.user(user(current), password: "correct horse")?.betterHash == nil)
        #expect(try checker.user(user(old), password: "wrong") == nil)
    }

    @Test func `known, disabled, without a password or unknown: one hash each`() throws {
        let hashes = Mutex(0)
        let checker = PasswordChecker(
            limit: 1, queue: 0,
            verify: { _, _ in
                hashes.withLock { $0 += 1 }
                return false
            })
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
        // A hash anew takes a turn as any other.
        let checker = PasswordChecker(
            limit: 1, queue: 0, verify: { password, _ in password == "slow" },
            improve: { _, _ in
                isRunning.signal()
                mayEnd.wait()
                return nil
            })
        let slow = user("$y$a")
        DispatchQueue.global().async {
            _ = try? checker.user(slow, password: "slow")
            hasEnded.signal()
        }
        isRunning.wait()
        #expect(throws: OAuthError.self) { try checker.user(nil, password: "guess") }
        mayEnd.signal()
        hasEnded.wait()
        #expect(try checker.user(nil, password: "guess") == nil)
    }
}
