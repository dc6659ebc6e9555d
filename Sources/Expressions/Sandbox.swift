import CSQLite
import JOSE

/// An empty database in memory, in which expressions are compiled and computed. It belongs to one thread.
@safe package final class Sandbox {
    private let handle: OpaquePointer
    /// What the callbacks of SQLite write to; it outlives the connection.
    let watch = SandboxWatch()
    /// What its expressions see.
    let documents: [ExpressionDocument]

    /// Throws ``ExpressionError`` if there is no memory for it.
    package init(_ documents: [ExpressionDocument] = ExpressionDocument.ofGrants) throws(ExpressionError) {
        self.documents = documents
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
        let code = unsafe sqlite3_open_v2(":memory:", &opened, flags, nil)
        guard let opened = unsafe opened else { throw .failed("no memory for a sandbox") }
        unsafe handle = opened
        guard code == SQLITE_OK, unsafe csqlite_set_defensive(handle) == SQLITE_OK,
            unsafe csqlite_refuse_double_quoted_texts(handle) == SQLITE_OK,
            unsafe NetworkFunction.register(in: handle)
        else { throw .failed(message) }
        // What is sorted or made distinct stays in memory, bounded by the time that there is.
        unsafe sqlite3_exec(handle, "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY", nil, nil, nil)
        // Once before the authorizer is there, which would refuse what they do when they are first used.
        unsafe sqlite3_exec(handle, "SELECT 1 FROM json_each('[]'), json_tree('[]')", nil, nil, nil)
        for (limit, value) in SandboxRules.limits { unsafe sqlite3_limit(handle, limit, value) }
        unsafe watch.attach(to: handle)
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Compiles an expression whose value is JSON, to be used again and again.
    ///
    /// Throws ``ExpressionError``: `syntax`, `forbidden` or `limit`.
    package func value(_ text: String) throws(ExpressionError) -> ValueExpression {
        ValueExpression(try compile(text, as: "json_quote(\(text)\n)"))
    }

    /// Compiles an expression that decides something. Throws as ``value(_:)`` does.
    package func decision(_ text: String) throws(ExpressionError) -> DecisionExpression {
        DecisionExpression(try compile(text, as: "(\(text)\n)"))
    }

    private func compile(_ text: String, as column: String) throws(ExpressionError) -> CompiledExpression {
        guard text.utf8.count <= SandboxRules.textLimit, !text.utf8.contains(0) else {
            throw .limit("it is longer than \(SandboxRules.textLimit) bytes, or has a NUL")
        }
        // What compiles bare and in parentheses is one expression: with either alone a text could close its place,
        // and go on with clauses of its own.
        // There the documents are no parameters, so that those of the text itself are seen: they would stand for nothing.
        let bare = try statement(computing: "\(text)\n", of: text, after: withoutDocuments)
        guard !bare.hasParameters else {
            throw .forbidden("parameters; name the document, such as user ->> 'name'")
        }
        return try statement(computing: column, of: text, after: beginning)
    }

    /// As long as ``beginning``, so that a place in the one is a place in the other.
    private var withoutDocuments: String { beginning(documents.map { _ in "NULL" }) }

    private var beginning: String { beginning(documents.indices.map { "  ?\($0 + 1)" }) }

    private func beginning(_ values: [String]) -> String {
        let names = documents.map(\.rawValue).joined(separator: ", ")
        return "WITH documents(\(names)) AS (SELECT \(values.joined(separator: ","))) SELECT "
    }

    private func statement(
        computing column: String, of text: String, after beginning: String
    ) throws(ExpressionError) -> CompiledExpression {
        var sql = "\(beginning)\(column) FROM documents"
        watch.begin()
        let compiled = sql.withUTF8 { bytes in
            var statement: OpaquePointer?
            var rest: UnsafePointer<CChar>?
            let start = unsafe UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
            let code = unsafe sqlite3_prepare_v3(
                handle, start, Int32(bytes.count), UInt32(SQLITE_PREPARE_PERSISTENT), &statement, &rest)
            let isAll = unsafe rest == start.map { unsafe $0 + bytes.count }
            return unsafe statement.map {
                unsafe CompiledExpression($0, of: text, in: self, isWhole: code == SQLITE_OK && isAll)
            }
        }
        if let objection = watch.objection { throw .forbidden(objection) }
        guard let compiled else { throw .syntax(message(about: text)) }
        guard compiled.isOneValue else { throw .syntax("it must be one expression, with nothing behind it") }
        return compiled
    }

    /// Why the last statement could not be understood, and where, as far as that is known.
    private func message(about text: String) -> String {
        let offset = unsafe Int(sqlite3_error_offset(handle)) - beginning.utf8.count
        guard offset >= 0 else { return message }
        guard offset < text.utf8.count else { return "it ends too early" }
        return "\(message), at character \(offset + 1)"
    }

    var message: String { unsafe String(cString: sqlite3_errmsg(handle)) }
}
