import FCGIBridge
import JOSE
import OIDCLogic

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

    /// For what is the same for everyone: any web page may read it, and caches may keep it as ``PublicCaching`` says.
    mutating func makePublic() {
        self[.cacheControl] = HeaderValue(
            "public, max-age=\(PublicCaching.maxAge), stale-while-revalidate=\(PublicCaching.staleWhileRevalidate), "
                + "stale-if-error=\(PublicCaching.staleIfError)")
        self[.pragma] = nil
        self[.accessControlAllowOrigin] = "*"
    }
}
