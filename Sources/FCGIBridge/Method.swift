/// An HTTP request method (RFC 9110 section 9). Names are case-sensitive; one that is not listed here keeps its name.
package struct Method: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let get = Self(rawValue: "GET")
    package static let head = Self(rawValue: "HEAD")
    package static let post = Self(rawValue: "POST")
    package static let put = Self(rawValue: "PUT")
    package static let delete = Self(rawValue: "DELETE")
    /// RFC 5789.
    package static let patch = Self(rawValue: "PATCH")
    package static let options = Self(rawValue: "OPTIONS")
}
