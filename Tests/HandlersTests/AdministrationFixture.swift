import Handlers
import JOSE
import OIDCLogic
import SQLiteStore

/// A database of a test's own, with the operations on it.
struct AdministrationFixture {
    let folder: TemporaryFolder
    let store: SQLiteStore
    let seal = Seal(current: .generate(), older: [], context: "https://login.example.com/oidc")
    static let noon = Timestamp(1_800_000_000)

    init() throws {
        folder = try TemporaryFolder()
        store = try SQLiteDatabase(path: folder.file("postern.db")).store()
    }

    var clients: ClientAdministration {
        ClientAdministration(store: store, seal: { [seal] in seal }, now: { Self.noon })
    }
    var users: UserAdministration { UserAdministration(store: store, now: { Self.noon }) }
    var keys: SigningKeyAdministration { SigningKeyAdministration(store: store, now: { Self.noon }) }

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
