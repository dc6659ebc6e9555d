/// What is known of a request before its body is read: enough to render a failure, and for the log.
package struct RequestHead: Sendable {
    /// As the client sent it: HEAD is HEAD here.
    package let method: Method
    package let handler: String
    package let id: String
    private let variables: MetaVariables

    init(method: Method, handler: String, id: String, variables: MetaVariables) {
        self.method = method
        self.handler = handler
        self.id = id
        self.variables = variables
    }

    init(_ variables: MetaVariables) {
        self.variables = variables
        method = Method(rawValue: variables.string(of: "REQUEST_METHOD") ?? "")
        handler = variables.string(of: "POSTERN_HANDLER") ?? ""
        id = Self.id(from: variables.bytes(of: "REQUEST_ID"))
    }

    /// The client's address as text.
    package var remoteAddress: String { variables.string(of: "REMOTE_ADDR") ?? "" }

    /// A header, as ``Request/header(_:)`` has it.
    package func header(_ name: String) -> String? { variables.header(name) }

    private static func id(from bytes: ArraySlice<UInt8>?) -> String {
        if let digits = bytes?.prefix(12), digits.count == 12, digits.allSatisfy({ $0.hexDigitValue != nil }) {
            return String(decoding: digits, as: UTF8.self)
        }
        let random = String(UInt64.random(in: 0..<1 << 48), radix: 16)
        return String(repeating: "0", count: 12 - random.utf8.count) + random
    }
}
