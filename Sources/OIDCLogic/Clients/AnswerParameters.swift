/// What is added to a URI that a client has registered: twice there, an app may read the wrong one.
package enum AnswerParameters: Sendable {
    /// RFC 6749 §4.1.2 and §4.1.2.1, RFC 9207 §2.
    case authorization
    /// RP-Initiated Logout 1.0 §3.
    case logout
    /// Front-Channel Logout 1.0 §2.
    case frontchannelLogout

    private var names: Set<String> {
        switch self {
        case .authorization: ["code", "state", "iss", "error", "error_description"]
        case .logout: ["state"]
        case .frontchannelLogout: ["iss", "sid"]
        }
    }

    package var fault: RedirectURIFault {
        switch self {
        case .authorization: .answerParameter
        case .logout: .state
        case .frontchannelLogout: .sessionParameter
        }
    }

    /// Whether one of them is there already, however it is escaped.
    func has(aNameOf query: Substring) -> Bool {
        query.split(separator: "&").contains {
            names.contains(Self.unescaped($0.utf8.prefix { $0 != UInt8(ascii: "=") }))
        }
    }

    private static func unescaped(_ text: Substring.UTF8View.SubSequence) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            let escaped =
                byte == UInt8(ascii: "%") ? UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) : nil
            bytes.append(escaped ?? byte)
            if escaped != nil { rest = rest.dropFirst(2) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
