import Testing

@testable import FCGIBridge

@Suite struct ResponseTests {
    @Test(arguments: ["a\r\nSet-Cookie: x=1", "a\rb", "a\nb", "a\u{0}b", "a\tb", "a\u{7F}", "é", "\u{85}", "\u{2028}"])
    func `a value that could end its line has no spelling`(text: String) {
        #expect(HeaderValue(text) == nil)
    }

    @Test(arguments: ["", "a b", "no-store", "https://a.example/?x=1&y=%0d%0a", "Basic realm=\"x\""])
    func `a printable value is kept`(text: String) {
        #expect(HeaderValue(text)?.text == text)
    }

    @Test(arguments: ["", "a b", "a:", "a\r\nb", "é", "a(", "a/b", "a\"", "a\u{0}"])
    func `a name that is no token has no spelling`(text: String) {
        #expect(HeaderName(text) == nil)
    }

    @Test(arguments: ["Status", "status", "CONTENT-LENGTH", "Transfer-Encoding", "Connection", "X-Accel-Redirect"])
    func `a handler can't take over the framing`(text: String) {
        #expect(HeaderName(text) == nil)
    }

    @Test func `names are compared without regard to case`() {
        #expect(HeaderName("cache-control") == .cacheControl)
        #expect(HeaderName("cache-control")?.hashValue == HeaderName.cacheControl.hashValue)
        #expect(HeaderName("cache-controls") != .cacheControl)
    }

    @Test func `setting replaces and appending adds`() {
        var response = Response(status: .ok)
        response.append(.vary, "Origin")
        response.append(.vary, "Cookie")
        #expect(response.headers.count == 2)
        response[.vary] = "Accept"
        #expect(response.headers.map(\.value) == ["Accept"])
        response[.vary] = nil
        #expect(response.headers.isEmpty)
    }

    private func block(_ response: Response) -> String {
        var block: [UInt8] = [1, 2, 3]
        ResponseHead.write(response, to: &block)
        return String(decoding: block, as: UTF8.self)
    }

    @Test func `the header block is CGI's`() {
        let location: HeaderValue = "https://app.example/?code=1"
        #expect(
            block(.redirect(.seeOther, to: location)).utf8.elementsEqual(
                "Status: 303 See Other\r\nLocation: https://app.example/?code=1\r\nContent-Length: 0\r\n\r\n".utf8))
        #expect(
            block(Response(contentType: "text/plain", body: "hé")).utf8.elementsEqual(
                "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n".utf8))
    }

    @Test(arguments: [Status.noContent, .notModified])
    func `what has no content has no length`(status: Status) {
        #expect(!block(Response(status: status)).contains("Content-Length"))
    }

    @Test func `a cookie is written whole`() throws {
        let cookie = try #require(
            SetCookie(name: "__Host-sid", value: "abc", maxAge: 60, secure: true, sameSite: .lax))
        var response = Response(status: .ok)
        response.setCookie(cookie)
        #expect(
            response[.setCookie]?.text
                == "__Host-sid=abc; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax")
    }

    @Test(arguments: ["a;b", "a b", "a,b", "a\"b", "a\\b", "é", "a\r\nb", "a\u{0}"])
    func `a cookie value that browsers would cut has no spelling`(value: String) {
        #expect(SetCookie(name: "a", value: value, secure: true) == nil)
    }

    @Test func `a cookie that browsers would drop has no spelling`() {
        #expect(SetCookie(name: "", value: "", secure: true) == nil)
        #expect(SetCookie(name: "a=b", value: "", secure: true) == nil)
        #expect(SetCookie(name: "a", value: "", path: "oidc", secure: true) == nil)
        #expect(SetCookie(name: "a", value: "", path: "/; Domain=x", secure: true) == nil)
        #expect(SetCookie(name: "__Host-a", value: "", secure: false) == nil)
        #expect(SetCookie(name: "__host-a", value: "", path: "/oidc", secure: true) == nil)
        #expect(SetCookie(name: "__Secure-a", value: "", path: "/oidc", secure: false) == nil)
        #expect(SetCookie(name: "__Secure-a", value: "", path: "/oidc", secure: true) != nil)
        #expect(SetCookie(name: "a", value: "", secure: false, sameSite: .none) == nil)
        #expect(SetCookie(name: "a", value: "", secure: false) != nil)
    }
}
