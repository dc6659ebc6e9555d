import FCGIBridge
import JOSE

extension Response {
    /// A JSON answer that nobody may keep (RFC 6749 §5.1).
    static func json(_ value: JSON, status: Status = .ok) -> Response {
        var response = Response(status: status, contentType: "application/json", body: value.serialized())
        response[.cacheControl] = "no-store"
        response[.pragma] = "no-cache"
        response[.xContentTypeOptions] = "nosniff"
        return response
    }

    /// RFC 6749 §5.2.
    static func jsonError(_ code: String, _ description: String, status: Status) -> Response {
        json(.object(["error": .string(code), "error_description": .string(description)]), status: status)
    }

    /// For what is the same for everyone: any web page may read it, and caches may keep it for `maxAge` seconds, or for
    /// an hour where this provider can't be reached (RFC 5861 §4).
    mutating func makePublic(maxAge: Int) {
        self[.cacheControl] = HeaderValue(
            "public, max-age=\(maxAge), stale-while-revalidate=\(maxAge), stale-if-error=3600")
        self[.pragma] = nil
        self[.accessControlAllowOrigin] = "*"
    }
}
