/// A handler: a function from a request to a response, the methods that it takes, and how large a body may be.
///
/// HEAD is answered wherever GET is; the handler sees a GET. An endpoint is made and used on one worker thread.
package struct Endpoint {
    package let methods: Set<Method>
    /// In bytes.
    package let bodyLimit: Int
    package let respond: (Request) throws -> Response

    package init(
        methods: Set<Method>, bodyLimit: Int = 64 * 1024, respond: @escaping (Request) throws -> Response
    ) {
        self.methods = methods
        self.bodyLimit = bodyLimit
        self.respond = respond
    }

    /// The method that the handler is to see, or `nil` if the endpoint doesn't take the one that came.
    func accepted(_ method: Method) -> Method? {
        if methods.contains(method) { return method }
        return method == .head && methods.contains(.get) ? .get : nil
    }

    /// RFC 9110 section 10.2.1.
    var allow: [Method] {
        let all = methods.contains(.get) ? methods.union([.head]) : methods
        return all.sorted { $0.rawValue < $1.rawValue }
    }
}
