import JOSE
import OIDCLogic

extension Row {
    /// Throws ``StoreError/broken(_:)`` for what is no JSON.
    func json(_ column: Int32, depth: Int = JSON.defaultMaximumDepth) throws(StoreError) -> JSON {
        guard let json = try? JSON(parsing: bytes(column), maximumDepth: depth) else { throw malformed(column) }
        return json
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
