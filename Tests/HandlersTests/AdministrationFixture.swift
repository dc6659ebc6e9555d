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
        ClientAdministration(store: store, seal: { [seal] in seal }, now: { Self.noon })
    }
    var users: UserAdministration { UserAdministration(store: store, now: { Self.noon }) }
    var keys: SigningKeyAdministration { SigningKeyAdministration(store: store, now: { Self.noon }) }

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
                    ClientAdministration(store: store, seal: { seal }, now: { Self.noon }))
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
