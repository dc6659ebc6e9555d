import Testing

@testable import FCGIBridge

@Suite struct RequestTests {
    @Test func `headers are found without regard to case`() {
        let request = Request(headers: ["User-Agent": "curl", "content-type": "text/plain"])
        #expect(request.header("user-agent") == "curl")
        #expect(request.header("USER-AGENT") == "curl")
        #expect(request.header("Content-Type") == "text/plain")
        #expect(request.header("User") == nil)
        #expect(request.header("User-Agent-X") == nil)
        #expect(request.header("") == nil)
    }

    @Test func `a variable that is no header is not found as one`() {
        let request = Request(handler: "token", tail: "t", query: "q=1", remoteAddress: "::1")
        for name in ["Handler", "Tail", "Query-String", "Remote-Addr", "Postern-Tail", "HTTPS", "S"] {
            #expect(request.header(name) == nil)
        }
    }

    @Test func `a client's Content-Type is the parameter that nginx set, not a header of that name`() {
        let variables = MetaVariables([
            (name: "HTTP_CONTENT_TYPE", value: "text/evil"), (name: "CONTENT_TYPE", value: "text/plain"),
        ])
        let request = Request(method: .post, handler: "", id: "", body: [], variables: variables)
        #expect(request.header("content-type") == "text/plain")
    }

    @Test func `repeated headers are joined, cookies by a semicolon`() {
        let request = Request(headers: ["Accept": "a", "accept": "b", "Cookie": "x=1", "cookie": "y=2"])
        #expect(request.header("Accept") == "a, b")
        #expect(request.header("Cookie") == "x=1; y=2")
        #expect(request.cookies.map(\.name) == ["x", "y"])
    }

    @Test func `a second Authorization header can't be mistaken for one`() {
        let request = Request(headers: ["Authorization": "Bearer a", "Authorization": "Bearer b"])
        #expect(request.header("Authorization") == "Bearer a, Bearer b")
    }

    @Test(arguments: [
        ("a=1; b=2", ["a>1", "b>2"]),
        ("a=1;b=2", ["a>1", "b>2"]),
        ("a=1; a=2", ["a>1", "a>2"]),
        ("a=b=c==", ["a>b=c=="]),
        ("a=", ["a>"]),
        ("a = 1 ;\tb=2\t", ["a>1", "b>2"]),
        ("a=\"q\"", ["a>\"q\""]),
        ("; ;a=1;;", ["a>1"]),
        ("alone; =nameless; a=1", ["a>1"]),
        ("", []),
        ("a=1, b=2", ["a>1, b=2"]),
    ])
    func `cookies are read as browsers send them`(header: String, cookies: [String]) {
        let request = Request(headers: ["Cookie": header])
        #expect(request.cookies.map { "\($0.name)>\($0.value)" } == cookies)
    }

    @Test func `bytes that are not UTF-8 are replaced, in a cookie as well`() {
        let variables = MetaVariables(environmentOf: [Array("HTTP_COOKIE=a=".utf8) + [0xFF, 0x62]])
        let request = Request(method: .get, handler: "", id: "", body: [], variables: variables)
        #expect(request.cookies.first?.value == "\u{FFFD}b")
    }

    @Test func `what nginx didn't set is empty`() {
        let request = Request(method: .get, handler: "", id: "", body: [], variables: MetaVariables([]))
        #expect(request.tail.isEmpty && request.query.isEmpty && request.remoteAddress.isEmpty)
        #expect(!request.isTLS)
        #expect(request.cookies.isEmpty)
        #expect(request.header("Host") == nil)
    }

    @Test(arguments: [("on", true), ("", false), ("off", false), ("ON", false), ("on ", false)])
    func `only HTTPS=on is TLS`(value: String, isTLS: Bool) {
        let variables = MetaVariables([(name: "HTTPS", value: value)])
        #expect(Request(method: .get, handler: "", id: "", body: [], variables: variables).isTLS == isTLS)
    }

    @Test func `the request id is the beginning of nginx's`() {
        let head = RequestHead(MetaVariables([(name: "REQUEST_ID", value: "0123456789abcdef0123456789abcdef")]))
        #expect(head.id == "0123456789ab")
    }

    @Test(arguments: ["", "0123", "<script>alert(1)", "0123456789a\""])
    func `another request id is replaced by a random one`(value: String) {
        let head = RequestHead(MetaVariables([(name: "REQUEST_ID", value: value)]))
        #expect(head.id.utf8.count == 12)
        #expect(head.id.utf8.allSatisfy { $0.hexDigitValue != nil })
        #expect(RequestHead(MetaVariables([])).id != RequestHead(MetaVariables([])).id)
    }

    @Test func `the first of two parameters counts`() {
        let variables = MetaVariables([
            (name: "POSTERN_HANDLER", value: "token"), (name: "POSTERN_HANDLER", value: "health"),
            (name: "POSTERN_HANDLERS", value: "no"),
        ])
        #expect(RequestHead(variables).handler == "token")
    }
}
