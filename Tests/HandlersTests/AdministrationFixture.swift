import Dispatch
import Handlers
import JOSE
import OIDCLogic
import SQLiteStore
import Synchronization

/// A database of a test's own, with the operations on it.
struct AdministrationFixture {
    let folder: TemporaryFolder
    let database: SQLiteDatabase
    let store: SQLiteStore
    let seal = Seal(current: .generate(), older: [], context: "https://login.example.com/oidc")
    static let noon = Timestamp(1_800_000_000)

    init() throws {
        folder = try TemporaryFolder()
        database = try SQLiteDatabase(path: folder.file("postern.db"))
        store = try database.store()
    }

    var clients: ClientAdministration {
        ClientAdministration(store: store, seal: { [seal] in seal }, sectors: .fixture(), now: { Self.noon })
    }
    var users: UserAdministration { UserAdministration(store: store, now: { Self.noon }) }
    var keys: SigningKeyAdministration { keys(at: { Self.noon }) }

    func keys(at now: @escaping Clock) -> SigningKeyAdministration {
        SigningKeyAdministration(store: store, lifetimes: Lifetimes(), now: now)
    }

    /// A clock that is looked at between the reading of a row and its change, and lets `other` change it there, `times`
    /// times.
    func clock(
        _ times: Int = 1,
        interruptedBy other: @escaping @Sendable (UserAdministration, ClientAdministration) throws -> Void
    ) -> Clock {
        let left = Interruptions(times)
        return { [database, seal] in
            guard left.take(), let store = try? database.store() else { return Self.noon }
            try? other(
                UserAdministration(store: store, now: { Self.noon }),
                ClientAdministration(store: store, seal: { seal }, sectors: .fixture(), now: { Self.noon }))
            return Self.noon
        }
    }

    private final class Interruptions: Sendable {
        private let left: Mutex<Int>

        init(_ count: Int) { left = Mutex(count) }

        func take() -> Bool {
            left.withLock { left in
                left -= 1
                return left >= 0
            }
        }
    }

    /// Runs `operation` on as many threads at once, each with what a process of its own has.
    func atOnce(
        _ count: Int, _ operation: @Sendable (Int, UserAdministration, ClientAdministration) throws -> Void
    ) throws {
        let failures = Mutex<[any Error]>([])
        DispatchQueue.concurrentPerform(iterations: count) { [database, seal] number in
            do {
                let store = try database.store()
                try operation(
                    number, UserAdministration(store: store, now: { Self.noon }),
                    ClientAdministration(store: store, seal: { seal }, sectors: .fixture(), now: { Self.noon }))
            } catch {
                failures.withLock { $0.append(error) }
            }
        }
        if let failure = failures.withLock(\.first) { throw failure }
    }

    /// What an operation refuses with; nil if it doesn't.
    func refusal(_ operation: () throws -> Void) -> String? {
        do {
            try operation()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
