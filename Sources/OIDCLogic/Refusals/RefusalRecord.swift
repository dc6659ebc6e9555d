import JOSE

/// What is kept of a refusal, for a while, to explain it (`postern why`).
package struct RefusalRecord: Sendable, Equatable {
    package let id: RefusalID
    package let at: Timestamp
    /// The handler's name.
    package let endpoint: String
    /// RFC 6749's `error`, or a word of our own where no error code is answered.
    package let error: String
    /// A literal of ours: nothing of the request is in it.
    package let text: String
    package let request: RefusedRequest
    package let detail: RefusalDetail?

    package init(
        id: RefusalID, at: Timestamp, endpoint: String, error: String, text: String, request: RefusedRequest,
        detail: RefusalDetail?
    ) {
        self.id = id
        self.at = at
        self.endpoint = endpoint
        self.error = error
        self.text = text
        self.request = request
        self.detail = detail
    }

    /// In seconds: how long it is kept, unless there are too many.
    package static let lifetime: Int64 = 7 * 86_400
    /// How many are kept of all.
    package static let limit = 10_000

    /// What ``error`` is when somebody could not sign in.
    package static let failedSignIn = "sign_in_failed"

    package var isFailedSignIn: Bool { error == Self.failedSignIn }

    /// Without id and time, which a store keeps beside it.
    package var content: JSON {
        var members: [String: JSON] = [
            "endpoint": .string(endpoint), "error": .string(error), "text": .string(text), "request": request.json,
        ]
        members["detail"] = detail?.json
        return .object(members)
    }

    /// Nil for what ``content`` never wrote.
    package init?(id: RefusalID, at: Timestamp, stored content: JSON) {
        guard let endpoint = content["endpoint"]?.stringValue, let error = content["error"]?.stringValue,
            let text = content["text"]?.stringValue, let request = content["request"]
        else { return nil }
        self.init(
            id: id, at: at, endpoint: endpoint, error: error, text: text, request: RefusedRequest(stored: request),
            detail: content["detail"].flatMap(RefusalDetail.init(stored:)))
    }
}
