import FCGIBridge
import JOSE

/// What tells one state of a thing from another (RFC 9110 §8.8.3): a digest of what is shown of it.
struct EntityTag: Equatable {
    let text: String

    init(of json: JSON) { text = "\"\(Base64URL.encode(Digest.sha256(json.serialized()).prefix(15)))\"" }
}

extension AdministrationCall {
    /// RFC 9110 §13.1.1: a change is made of the state that its author has seen, or not at all.
    ///
    /// Throws ``AdministrationProblem``: 428 where the author doesn't say (RFC 6585 §3), 412 where it has changed since.
    func requireMatch(_ shown: JSON) throws {
        guard let header = request.header("If-Match") else {
            throw AdministrationProblem(
                .preconditionRequired,
                "If-Match is missing: send the ETag that you were shown, so that you overwrite nobody's change, or * to "
                    + "overwrite any")
        }
        try check(header, shown)
    }

    /// The same, where it need not be said.
    func requireMatchIfSaid(_ shown: JSON) throws {
        if let header = request.header("If-Match") { try check(header, shown) }
    }

    private func check(_ header: String, _ shown: JSON) throws {
        let tags = header.split(separator: ",").map { $0.trimmingPrefix(" ") }
        let current = EntityTag(of: shown).text
        guard tags.contains(where: { $0 == "*" || String($0).hasSameBytes(as: current) }) else {
            throw AdministrationProblem(
                .preconditionFailed, "it has changed since you looked; read it again, and decide again")
        }
    }
}

extension Response {
    /// One thing, with its state.
    static func entity(_ json: JSON, status: Status = .ok) -> Response {
        var response = Response.json(json, status: status)
        response[.eTag] = HeaderValue(EntityTag(of: json).text)
        return response
    }
}
