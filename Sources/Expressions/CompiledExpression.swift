import CSQLite
import JOSE

/// A statement of the sandbox that gives one value.
@safe final class CompiledExpression {
    private let statement: OpaquePointer
    /// It lives at least as long as its statements.
    private let sandbox: Sandbox
    private let isWhole: Bool
    /// What it may read. The parameters of the others stay NULL.
    private let documents: [(document: ExpressionDocument, parameter: Int32)]

    /// - Parameter text: the expression.
    init(_ statement: OpaquePointer, of text: String, in sandbox: Sandbox, isWhole: Bool) {
        unsafe self.statement = statement
        self.sandbox = sandbox
        self.isWhole = isWhole
        documents = zip(sandbox.documents, Int32(1)...).filter { $0.0.mayBeRead(by: text) }
            .map { (document: $0.0, parameter: $0.1) }
    }

    deinit { unsafe sqlite3_finalize(statement) }

    /// False for a text that was only begun to be compiled, or that gives several columns.
    var isOneValue: Bool { unsafe isWhole && sqlite3_column_count(statement) == 1 }

    var hasParameters: Bool { unsafe sqlite3_bind_parameter_count(statement) > 0 }

    /// What the expression gives on these documents, as `read` finds it in the first column.
    func evaluate<Result>(
        on source: some ExpressionDocumentSource, read: (OpaquePointer) -> Result
    ) throws(ExpressionError) -> Result {
        defer {
            unsafe sqlite3_reset(statement)
            unsafe sqlite3_clear_bindings(statement)
        }
        for (document, index) in documents {
            guard let text = source.text(of: document) else { continue }
            let code = unsafe text.withUnsafeBytes { bytes in
                unsafe csqlite_bind_text(statement, index, bytes.baseAddress, Int32(clamping: bytes.count))
            }
            guard code == SQLITE_OK else { throw .limit("a document is longer than \(SandboxRules.valueLimit) bytes") }
        }
        sandbox.watch.begin()
        switch unsafe sqlite3_step(statement) {
        case SQLITE_ROW: return unsafe read(statement)
        case SQLITE_DONE: throw .failed("it has no value")
        case SQLITE_INTERRUPT, SQLITE_TOOBIG, SQLITE_NOMEM:
            throw .limit(sandbox.watch.hasRunOut ? "it takes too many steps" : sandbox.message)
        default: throw .failed(sandbox.message)
        }
    }
}

/// An expression that gives a value.
package struct ValueExpression {
    private let compiled: CompiledExpression

    init(_ compiled: CompiledExpression) { self.compiled = compiled }

    /// NULL is null; what `json(…)`, `->` and their like give stays JSON; 1 and 0 of a comparison are numbers.
    ///
    /// Throws ``ExpressionError``: `failed` or `limit`.
    package func value(on documents: some ExpressionDocumentSource) throws(ExpressionError) -> JSON {
        let text = try unsafe compiled.evaluate(on: documents) { statement in
            let start = unsafe sqlite3_column_blob(statement, 0)
            let count = unsafe Int(sqlite3_column_bytes(statement, 0))
            return unsafe Array(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
        }
        guard let value = try? JSON(parsing: text) else { throw .failed("its value is no JSON") }
        return value
    }
}

/// An expression that decides something.
package struct DecisionExpression {
    private let compiled: CompiledExpression

    init(_ compiled: CompiledExpression) { self.compiled = compiled }

    /// True only for the integer 1: NULL and any other value decide against it.
    ///
    /// Throws ``ExpressionError``: `failed` or `limit`.
    package func isTrue(on documents: some ExpressionDocumentSource) throws(ExpressionError) -> Bool {
        try objection(on: documents) == nil
    }

    /// What it gave in place of the integer 1; nil if it gave that. Throws as ``isTrue(on:)`` does.
    package func objection(on documents: some ExpressionDocumentSource) throws(ExpressionError) -> String? {
        try unsafe compiled.evaluate(on: documents) { statement in
            switch unsafe sqlite3_column_type(statement, 0) {
            case SQLITE_INTEGER:
                let number = unsafe sqlite3_column_int64(statement, 0)
                return number == 1 ? nil : "\(number)"
            case SQLITE_NULL: return "NULL"
            case SQLITE_FLOAT: return "a number with a fraction"
            case SQLITE_TEXT: return "a text"
            default: return "bytes"
            }
        }
    }
}
