/// From meta-variables and a body to a response: one worker's endpoints and what is said when none of them can answer.
struct Dispatch {
    let endpoints: [String: Endpoint]
    let failure: @Sendable (Failure, RequestHead) -> Response
    let log: @Sendable (ServerEvent) -> Void

    /// The answer, whose header block is put into `block`.
    ///
    /// Whatever the answer, the body has been read to its end.
    func answer(
        _ variables: MetaVariables, body: some BodySource, block: inout [UInt8]
    ) throws(ConnectionLost) -> Response {
        let head = RequestHead(variables)
        var response = try respond(to: head, variables, body)
        ResponseHead.write(response, to: &block)
        if block.count > ResponseHead.limit {
            response = refuse(.headersTooLarge(bytes: block.count), head)
            ResponseHead.write(response, to: &block)
        }
        if block.count > ResponseHead.limit {
            response = Response(status: .internalServerError)
            ResponseHead.write(response, to: &block)
        }
        // The block holds the length that a GET would have.
        if head.method == .head || !response.status.hasContent { response.body = [] }
        return response
    }

    private func respond(
        to head: RequestHead, _ variables: MetaVariables, _ source: some BodySource
    ) throws(ConnectionLost) -> Response {
        guard let endpoint = endpoints[head.handler] else {
            try Body.discard(source)
            return refuse(.unknownHandler, head)
        }
        guard let method = endpoint.accepted(head.method) else {
            try Body.discard(source)
            return methodNotAllowed(endpoint.allow, head)
        }
        guard let announced = Self.contentLength(variables) else {
            try Body.discard(source)
            return refuse(.malformedContentLength, head)
        }
        switch try Body.read(from: source, announced: announced, limit: endpoint.bodyLimit) {
        case .tooLarge:
            return refuse(.bodyTooLarge(limit: endpoint.bodyLimit), head)
        case .incomplete:
            return refuse(.incompleteBody, head)
        case .whole(let body):
            do {
                return try endpoint.respond(
                    Request(method: method, handler: head.handler, id: head.id, body: body, variables: variables))
            } catch {
                return refuse(.threw(error), head)
            }
        }
    }

    /// The answer shows the request's id, so the log has a line of it too.
    private func refuse(_ reason: Failure, _ head: RequestHead) -> Response {
        log(.failed(reason, head))
        return failure(reason, head)
    }

    private func methodNotAllowed(_ allowed: [Method], _ head: RequestHead) -> Response {
        var response = refuse(.methodNotAllowed(allowed: allowed), head)
        response[.allow] = HeaderValue(allowed.map(\.rawValue).joined(separator: ", "))
        return response
    }

    /// RFC 3875 section 4.1.2; absent and empty both mean that there is no body. `nil` if it is no number.
    static func contentLength(_ variables: MetaVariables) -> Int? {
        guard let digits = variables.bytes(of: "CONTENT_LENGTH"), !digits.isEmpty else { return 0 }
        // Eighteen digits fit an Int.
        guard digits.count <= 18, digits.allSatisfy(\.isASCIIDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
