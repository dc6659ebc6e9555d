import JOSE
import OIDCLogic

extension Row {
    /// Limits are for what comes in: stored, a value stands within another and is longer, and one that couldn't be read
    /// again would be in the way of all beside it.
    ///
    /// Throws ``StoreError/broken(_:)`` for what is no JSON.
    func json(_ column: Int32) throws(StoreError) -> JSON {
        let parsed = try? JSON(
            parsing: bytes(column), maximumBytes: .max, maximumDepth: 2 * JSON.defaultMaximumDepth)
        guard let parsed else { throw malformed(column) }
        return parsed
    }

    /// Throws ``StoreError/broken(_:)`` for what is no array of strings.
    func strings(_ column: Int32) throws(StoreError) -> [String] {
        guard case .array(let values) = try json(column) else { throw malformed(column) }
        let strings = values.compactMap(\.stringValue)
        guard strings.count == values.count else { throw malformed(column) }
        return strings
    }

    /// Names of a scope, apart by spaces.
    func scope(_ column: Int32) throws(StoreError) -> Scope {
        guard let scope = try? Scope(text(column)) else { throw malformed(column) }
        return scope
    }
}
