/// A response header's value: printable ASCII and spaces, so it can't end its line and begin another.
///
/// RFC 9110 section 5.5 lets old recipients read other bytes as they like, so those have no spelling here.
/// What may hold them is encoded first: a URI by percent signs, a parameter by RFC 8187.
package struct HeaderValue: Hashable, Sendable {
    package let text: String

    /// `nil` if `text` has a control (CR, LF, NUL, tab, DEL or another) or is not ASCII.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        self.text = text
    }

    /// A number, for `Retry-After` and `Access-Control-Max-Age`.
    package init(_ number: Int) {
        text = String(number)
    }

    init(checked text: String) {
        self.text = text
    }
}

extension HeaderValue: ExpressibleByStringLiteral {
    /// - Precondition: the literal is printable ASCII.
    package init(stringLiteral literal: StaticString) {
        guard let value = Self("\(literal)") else {
            preconditionFailure("a header value is printable ASCII")
        }
        self = value
    }
}
