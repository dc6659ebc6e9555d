/// Why an expression can't be compiled, or has no value. The text is for whoever wrote it.
package enum ExpressionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It is no expression of SQLite.
    case syntax(String)
    /// It names a function, a table or a statement that expressions may not use.
    case forbidden(String)
    /// It took too many steps, or made a value that is too long.
    case limit(String)
    /// It failed on these documents.
    case failed(String)

    package var description: String {
        switch self {
        case .syntax(let text): "is no expression: \(text)"
        case .forbidden(let text): "may not be used: \(text)"
        case .limit(let text): "goes beyond a limit: \(text)"
        case .failed(let text): "failed: \(text)"
        }
    }
}
