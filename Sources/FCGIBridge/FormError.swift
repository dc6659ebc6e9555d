/// Why a query or a form is refused.
package enum FormError: Error, Equatable {
    /// A percent sign without two hexadecimal digits behind it.
    case malformedEscape
    /// A name or value that is not UTF-8 once decoded.
    case notUTF8
    /// A NUL byte, written out or as `%00`.
    case nul
    /// More than 200 fields.
    case tooMany
    /// The body is not `application/x-www-form-urlencoded`.
    case contentType
}
