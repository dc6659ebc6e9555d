import CSQLite
import OIDCLogic

/// One connection to the database file. It belongs to one thread at a time.
///
/// Every error is a ``StoreError``; its text has the code and the SQL, never a bound value.
@safe final class Database {
    enum Access {
        case readOnly, readWrite
    }

    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]

    /// For programs from outside, such as the sqlite3 shell: our own processes wait for the file lock instead.
    private static let busyTimeout: Int32 = 5000

    private static let isConfigured: Bool = csqlite_disable_memory_statistics() == SQLITE_OK

    /// Opens a file that is there. A path is a path: `:memory:` and `file:` mean nothing special.
    init(path: String, access: Access) throws(StoreError) {
        // Once, before the library is used; a program that used it already keeps its statistics.
        _ = Self.isConfigured
        let mode = access == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        let flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path.hasPrefix("/") ? path : "./" + path, &opened, flags, nil)
        guard let opened = unsafe opened else { throw .unavailable("no memory to open the database") }
        unsafe handle = opened
        guard code == SQLITE_OK else { throw error(code, in: "open \(path)") }
        unsafe sqlite3_busy_timeout(handle, Self.busyTimeout)
        // A schema from a file that someone else wrote can't reach outside of the tables.
        unsafe _ = csqlite_set_defensive(handle)
        try run("PRAGMA trusted_schema = OFF")
        try run("PRAGMA temp_store = MEMORY")
    }

    deinit {
        statements.removeAll()
        unsafe sqlite3_close_v2(handle)
    }

    /// False after an error: SQLite has rolled the whole transaction back.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// How many rows were changed since it was opened. A statement that fails has changed none.
    var changeCount: Int64 { unsafe sqlite3_total_changes64(handle) }

    /// The SQL of every statement that was used so far.
    var statementTexts: [String] { statements.keys.sorted() }

    /// Runs a statement to its end. Returns how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: Value...) throws(StoreError) -> Int {
        let statement = try prepared(sql, values)
        defer { statement.reset() }
        while try statement.step() {}
        return statement.isReadOnly ? 0 : Int(unsafe sqlite3_changes64(handle))
    }

    /// The first row that the statement gives, or nil.
    func first<Result>(
        _ sql: String, _ values: Value..., read: (borrowing Row) throws(StoreError) -> Result
    ) throws(StoreError) -> Result? {
        let statement = try prepared(sql, values)
        defer { statement.reset() }
        return try statement.step() ? read(Row(statement)) : nil
    }

    /// The number that a `SELECT count(*)` gives.
    func count(_ sql: String, _ value: Value) throws(StoreError) -> Int {
        try first(sql, value, read: { Int($0.integer(0)) }) ?? 0
    }

    /// Every row that the statement gives.
    func all<Result>(
        _ sql: String, _ values: Value..., read: (borrowing Row) throws(StoreError) -> Result
    ) throws(StoreError) -> [Result] {
        try all(sql, values: values, read: read)
    }

    func all<Result>(
        _ sql: String, values: [Value], read: (borrowing Row) throws(StoreError) -> Result
    ) throws(StoreError) -> [Result] {
        let statement = try prepared(sql, values)
        defer { statement.reset() }
        var results: [Result] = []
        while try statement.step() { results.append(try read(Row(statement))) }
        return results
    }

    /// Runs `body` with less patience for programs from outside, in milliseconds.
    func waiting<Result>(atMost milliseconds: Int32, _ body: () throws -> Result) rethrows -> Result {
        unsafe sqlite3_busy_timeout(handle, milliseconds)
        defer { unsafe sqlite3_busy_timeout(handle, Self.busyTimeout) }
        return try body()
    }

    /// Runs a script of several statements, such as a migration.
    func runScript(_ sql: String) throws(StoreError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, in: sql) }
    }

    private func prepared(_ sql: String, _ values: [Value]) throws(StoreError) -> Statement {
        let statement: Statement
        if let known = statements[sql] {
            statement = known
        } else {
            statement = try Statement(sql, in: self)
            statements[sql] = statement
        }
        do throws(StoreError) { try statement.bind(values) } catch {
            statement.reset()
            throw error
        }
        return statement
    }

    /// Compiles `sql`. The result is the caller's to finalize.
    func prepare(_ sql: String) throws(StoreError) -> OpaquePointer {
        var compiled: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil)
        guard code == SQLITE_OK, let compiled = unsafe compiled else { throw error(code, in: sql) }
        return unsafe compiled
    }

    /// What `code`, an extended result code, means for a caller of the store.
    func error(_ code: Int32, in sql: String) -> StoreError {
        if csqlite_is_duplicate(code) != 0 { return .exists }
        if csqlite_is_dangling(code) != 0 { return .missing }
        let message = unsafe String(cString: sqlite3_errmsg(handle))
        let text = "SQLite \(code) (\(message)) in: \(sql)"
        switch code & 0xFF {
        case SQLITE_FULL, SQLITE_IOERR, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_NOMEM,
            SQLITE_PROTOCOL, SQLITE_PERM, SQLITE_INTERRUPT, SQLITE_ABORT:
            return .unavailable(text)
        default:
            return .broken(text)
        }
    }
}
