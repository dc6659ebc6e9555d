extension JSON {
    /// Enough for any document that this program reads without saying otherwise.
    package static let defaultMaximumBytes = 64 * 1024
    package static let defaultMaximumDepth = 32

    /// Reads one JSON text, and nothing after it.
    ///
    /// Throws `JSONError`: longer than `maximumBytes`, arrays and objects nested deeper than `maximumDepth`, not UTF-8,
    /// two members of one name in an object, half of a surrogate pair, or not JSON.
    package init(
        parsing bytes: [UInt8], maximumBytes: Int = defaultMaximumBytes, maximumDepth: Int = defaultMaximumDepth
    ) throws(JSONError) {
        guard bytes.count <= maximumBytes else { throw .tooLong }
        guard (try? UTF8Span(validating: bytes.span)) != nil else { throw .invalidUTF8 }
        self = try JSONParser.parse(bytes, maximumDepth: maximumDepth)
    }

    /// The name behind ``JSONError/duplicateMember``, for those who may be told of what they sent: the error itself carries
    /// nothing, since it also goes to logs.
    package static func duplicateMember(in bytes: [UInt8], maximumDepth: Int = defaultMaximumDepth) -> String? {
        guard (try? UTF8Span(validating: bytes.span)) != nil else { return nil }
        return JSONParser.duplicateMember(in: bytes, maximumDepth: maximumDepth)
    }
}
