import OIDCLogic

/// What can be bound to a parameter of a statement.
enum Value: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    init(_ text: String?) { self = text.map(Value.text) ?? .null }
    init<Kind>(_ id: Identifier<Kind>) { self = .text(id.value) }
    init(_ bytes: [UInt8]?) { self = bytes.map(Value.blob) ?? .null }
    init(_ time: Timestamp?) { self = time.map { .integer($0.seconds) } ?? .null }
    init(_ time: Timestamp) { self = .integer(time.seconds) }
    init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
    init(_ number: Int) { self = .integer(Int64(number)) }
}
