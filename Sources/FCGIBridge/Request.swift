/// A request as the web server passed it on. What nginx did not set has no meaning: no path is read here.
package struct Request: Sendable {
    /// What the client asked for; GET where a HEAD is answered by a handler of GET.
    package let method: Method
    /// The parameter `POSTERN_HANDLER`, by which nginx names the handler.
    package let handler: String
    package let body: [UInt8]
    /// The first twelve hexadecimal digits of nginx's `$request_id`, or as many random ones.
    package let id: String
    private let variables: MetaVariables

    init(method: Method, handler: String, id: String, body: [UInt8], variables: MetaVariables) {
        self.method = method
        self.handler = handler
        self.id = id
        self.body = body
        self.variables = variables
    }

    /// A request made by hand. `headers` may name one header more than once.
    package init(
        method: Method = .get, handler: String = "", tail: String = "", query: String = "", body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1", isTLS: Bool = true, id: String = "000000000000",
        headers: KeyValuePairs<String, String> = [:]
    ) {
        var entries = [
            (name: "POSTERN_TAIL", value: tail), (name: "QUERY_STRING", value: query),
            (name: "REMOTE_ADDR", value: remoteAddress), (name: "HTTPS", value: isTLS ? "on" : ""),
        ]
        for (name, value) in headers {
            let variable = String(decoding: name.utf8.map { $0 == 0x2D ? 0x5F : $0.asciiUppercased }, as: UTF8.self)
            let isContent = variable == "CONTENT_TYPE" || variable == "CONTENT_LENGTH"
            entries.append((isContent ? variable : "HTTP_" + variable, value))
        }
        self.init(method: method, handler: handler, id: id, body: body, variables: MetaVariables(entries))
    }

    /// The same without its body.
    package var head: RequestHead { RequestHead(method: method, handler: handler, id: id, variables: variables) }

    /// What follows the handler's location, as it was sent; empty if nothing does (`POSTERN_TAIL`).
    package var tail: String { variables.string(of: "POSTERN_TAIL") ?? "" }

    /// The query as it came, without the question mark.
    package var query: String { variables.string(of: "QUERY_STRING") ?? "" }

    /// The client's address as text.
    package var remoteAddress: String { variables.string(of: "REMOTE_ADDR") ?? "" }

    /// Whether the client speaks TLS to nginx.
    package var isTLS: Bool { variables.bytes(of: "HTTPS").map { $0.elementsEqual("on".utf8) } ?? false }

    /// A header by its name, without regard to case. Repeated headers are joined by a comma and a space (RFC 9110
    /// section 5.2), `Cookie` by a semicolon. Bytes that are not UTF-8 come as U+FFFD.
    package func header(_ name: String) -> String? { variables.header(name) }

    /// Every cookie that came (RFC 6265 section 4.2), duplicates included, in the order of the header.
    package var cookies: [(name: String, value: String)] {
        variables.headerValues("Cookie").flatMap(Cookies.parse)
    }

    /// The fields of the query, in their order, duplicates included.
    package func queryFields() throws(FormError) -> [(name: String, value: String)] {
        try FormFields.parse(variables.bytes(of: "QUERY_STRING") ?? [])
    }

    /// The fields of the body, in their order, duplicates included.
    package func formFields() throws(FormError) -> [(name: String, value: String)] {
        guard hasContentType("application/x-www-form-urlencoded") else { throw .contentType }
        return try FormFields.parse(body[...])
    }

    /// Whether the body says that it is of this media type, which is written in lower case.
    package func hasContentType(_ mediaType: StaticString) -> Bool {
        guard let contentType = variables.bytes(of: "CONTENT_TYPE") else { return false }
        // RFC 9110 section 8.3.1: type and subtype don't regard case, parameters follow a semicolon.
        return contentType.prefix { $0 != 0x3B }.trimmed.lazy.map(\.asciiLowercased)
            .elementsEqual("\(mediaType)".utf8)
    }
}
