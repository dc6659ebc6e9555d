import Testing

@testable import FCGIBridge

@Suite struct FormTests {
    private static let form = "application/x-www-form-urlencoded"

    private func read(_ body: [UInt8]) throws -> [String] {
        try Request(method: .post, body: body, headers: ["Content-Type": Self.form]).formFields().map {
            "\($0.name)>\($0.value)"
        }
    }

    @Test(arguments: [
        ("", []),
        ("a=1&b=2", ["a>1", "b>2"]),
        ("a=1&a=2&a=1", ["a>1", "a>2", "a>1"]),
        ("a", ["a>"]),
        ("a=", ["a>"]),
        ("=v&=", [">v", ">"]),
        ("&&a=1&&", ["a>1"]),
        ("a=b=c", ["a>b=c"]),
        ("a+b=c+d%2Be", ["a b>c d+e"]),
        ("%61%3D=%26%25", ["a=>&%"]),
        ("n=%C3%A9%e2%82%ac", ["n>é€"]),
        ("crlf=%0D%0A", ["crlf>\r\n"]),
        ("semi=a;b=c", ["semi>a;b=c"]),
    ])
    func `fields keep their order and duplicates`(body: String, fields: [String]) throws {
        let read = try read(Array(body.utf8))
        #expect(read.map { Array($0.utf8) } == fields.map { Array($0.utf8) })
    }

    @Test(
        arguments: [
            ("a=%", .malformedEscape),
            ("a=%4", .malformedEscape),
            ("a=%zz", .malformedEscape),
            ("a=%4g&b=1", .malformedEscape),
            ("%=1", .malformedEscape),
            ("a=%+1", .malformedEscape),
            ("a=1%&b=41", .malformedEscape),
            ("a=%FF", .notUTF8),
            ("%C3=1", .notUTF8),
            ("a=%C0%80", .notUTF8),
            ("a=%ED%A0%80", .notUTF8),
            ("a=x%00y", .nul),
            ("%00=1", .nul),
        ] as [(String, FormError)])
    func `a malformed form is refused whole`(body: String, error: FormError) {
        #expect(throws: error) { try read(Array(("first=1&" + body).utf8)) }
    }

    @Test func `raw bytes are held to the same rules`() {
        #expect(throws: FormError.nul) { try read([0x61, 0x3D, 0x00]) }
        #expect(throws: FormError.notUTF8) { try read([0x61, 0x3D, 0xFF]) }
        #expect(throws: FormError.notUTF8) { try read([0x61, 0x3D, 0xC3]) }
    }

    @Test func `an escape doesn't reach into the next field`() {
        #expect(throws: FormError.malformedEscape) { try read(Array("a=%4&1=2".utf8)) }
    }

    @Test func `200 fields are read and 201 are refused`() throws {
        let body = Array(repeating: "a=1", count: 200).joined(separator: "&")
        #expect(try read(Array(body.utf8)).count == 200)
        #expect(throws: FormError.tooMany) { try read(Array((body + "&a=1").utf8)) }
    }

    @Test(arguments: [
        "application/x-www-form-urlencoded", "Application/X-WWW-Form-URLencoded",
        "application/x-www-form-urlencoded;charset=UTF-8", "application/x-www-form-urlencoded ; charset=utf-8",
    ])
    func `the content type may have parameters`(type: String) throws {
        let request = Request(method: .post, body: Array("a=1".utf8), headers: ["Content-Type": type])
        #expect(try request.formFields().count == 1)
    }

    @Test(arguments: [
        nil, "", "application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded2",
        "text/plain;application/x-www-form-urlencoded", "application/x-www-form-urlencoded, application/json",
    ])
    func `another content type is refused`(type: String?) {
        let body = Array("a=1".utf8)
        let request = type.map { Request(method: .post, body: body, headers: ["Content-Type": $0]) }
        #expect(throws: FormError.contentType) {
            try (request ?? Request(method: .post, body: body)).formFields()
        }
    }

    @Test func `the query is read the same way, without a content type`() throws {
        let fields = try Request(query: "a=1&a=2&b=%20").queryFields()
        #expect(fields.map(\.name) == ["a", "a", "b"])
        #expect(fields.map(\.value) == ["1", "2", " "])
        #expect(throws: FormError.notUTF8) { try Request(query: "a=%80").queryFields() }
        #expect(throws: FormError.nul) { try Request(query: "a=\u{0}").queryFields() }
    }
}
