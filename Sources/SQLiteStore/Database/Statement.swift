import CSQLite
import OIDCLogic

/// A compiled statement, used again and again. ``reset()`` ends each use, and with it the read transaction.
@safe final class Statement {
    let sql: String
    private let handle: OpaquePointer
    /// The connection frees its statements before itself.
    private unowned let database: Database

    init(_ sql: String, in database: Database) throws(StoreError) {
        self.sql = sql
        self.database = database
        unsafe handle = try database.prepare(sql)
    }

    deinit { unsafe sqlite3_finalize(handle) }

    var isReadOnly: Bool { unsafe sqlite3_stmt_readonly(handle) != 0 }

    func bind(_ values: [Value]) throws(StoreError) {
        guard values.count == Int(unsafe sqlite3_bind_parameter_count(handle)) else {
            throw .broken("\(values.count) values were given to: \(sql)")
        }
        for (value, index) in zip(values, Int32(1)...) {
            let code = bind(value, at: index)
            guard code == SQLITE_OK else { throw database.error(code, in: sql) }
        }
    }

    /// Byte counts always: a text may hold NUL characters.
    private func bind(_ value: Value, at index: Int32) -> Int32 {
        switch value {
        case .null:
            return unsafe sqlite3_bind_null(handle, index)
        case .integer(let number):
            return unsafe sqlite3_bind_int64(handle, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
                return unsafe csqlite_bind_text(handle, index, bytes.baseAddress, count)
            }
        case .blob(let bytes):
            return unsafe bytes.withUnsafeBytes { bytes in
                guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
                return unsafe csqlite_bind_blob(handle, index, bytes.baseAddress, count)
            }
        }
    }

    /// Whether there is a row.
    func step() throws(StoreError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw database.error(code, in: sql)
        }
    }

    /// Forgets the bound values as well: they may be secrets of a request that is long over.
    func reset() {
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    fileprivate func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    fileprivate func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    fileprivate func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        // The pointer first: fetching it may convert the value, and the count is of what was fetched.
        let start = unsafe sqlite3_column_blob(handle, column)
        let count = unsafe sqlite3_column_bytes(handle, column)
        return unsafe body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(count)))
    }
}

/// The row that a statement stands on. Columns are counted from 0.
struct Row: ~Copyable {
    private let statement: Statement

    init(_ statement: Statement) { self.statement = statement }

    func integer(_ column: Int32) -> Int64 { statement.integer(column) }
    func flag(_ column: Int32) -> Bool { statement.integer(column) != 0 }
    func time(_ column: Int32) -> Timestamp { Timestamp(statement.integer(column)) }
    func optionalTime(_ column: Int32) -> Timestamp? { statement.isNull(column) ? nil : time(column) }

    func bytes(_ column: Int32) -> [UInt8] {
        unsafe statement.withBytes(column) { bytes in unsafe Array(bytes) }
    }

    func optionalBytes(_ column: Int32) -> [UInt8]? { statement.isNull(column) ? nil : bytes(column) }

    /// Throws ``StoreError/broken(_:)`` for what is no UTF-8.
    func text(_ column: Int32) throws(StoreError) -> String {
        let text: String? = unsafe statement.withBytes(column) { bytes in
            // Not `String(validating:as:)`, which costs as much as the rest of reading a row.
            guard let utf8 = try? unsafe UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span) else { return nil }
            return String(copying: utf8)
        }
        guard let text else { throw malformed(column) }
        return text
    }

    func optionalText(_ column: Int32) throws(StoreError) -> String? {
        statement.isNull(column) ? nil : try text(column)
    }

    func malformed(_ column: Int32) -> StoreError {
        .broken("column \(column) is malformed in: \(statement.sql)")
    }
}
