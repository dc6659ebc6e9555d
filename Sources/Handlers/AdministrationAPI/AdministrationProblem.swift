import FCGIBridge
import JOSE

/// Why a call of the administration API was refused (RFC 9457).
struct AdministrationProblem: Error {
    let status: Status
    /// What happened, which value was wrong, what to do: the caller is known, so nothing is hidden.
    let detail: String
    /// The member of the body that is wrong.
    let member: String?
    /// What is wrong with each item of it, where it is a list.
    let faults: [String]

    init(_ status: Status, _ detail: String, member: String? = nil, faults: [String] = []) {
        self.faults = faults
        self.status = status
        self.detail = detail
        self.member = member
    }

    static func notFound(_ detail: String) -> Self { Self(.notFound, detail) }
    static func invalid(_ detail: String, member: String? = nil) -> Self { Self(.badRequest, detail, member: member) }

    func response(to request: Request) -> Response { response(refusal: request.id) }

    /// - Parameter id: what the log knows the request by.
    func response(refusal id: String) -> Response {
        var members: [String: JSON] = [
            "type": "about:blank", "title": .string(status.reason), "status": .integer(Int64(status.code)),
            "detail": .string(detail), "refusal": .string(id),
        ]
        members["member"] = member.map(JSON.string)
        var response = Response.json(.object(members), status: status)
        response[.contentType] = "application/problem+json"
        return response
    }
}
