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

    @Test func `more than may wait are told that it is busy, and the next one is served`() throws {
        let checker = PasswordChecker(limit: 1, queue: 0)
        let refused = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            do { _ = try checker.user(nil, password: "guess") } catch { refused.withLock { $0 += 1 } }
        }
        #expect(refused.withLock { $0 } <= 7, "one at least had its turn")
        #expect(try checker.user(nil, password: "guess") == nil)
    }
}
