import JOSE
import Testing

struct JSONTests {
    @Test func `what is written is compact, sorted by the bytes of the names, and escaped by RFC 8259 section 7`() {
        let value: JSON = [
            "b": [1, -2, 1.5, true, false, nil, [], [:]], "a": "\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}\u{7F}é😀",
            "\u{FFFF}": 1, "😀": 2, "Z": 3,
        ]
        let expected =
            #"{"Z":3,"a":"\"\\/\b\f\n\r\t\u0001\u001f"# + "\u{7F}é😀"
            + #"","b":[1,-2,1.5,true,false,null,[],{}],"\#u{FFFF}":1,"😀":2}"#
        #expect(Array(value.text.utf8) == Array(expected.utf8))
        #expect(value.serialized() == Array(expected.utf8))
    }

    @Test func `integers are exact, and numbers that are not finite become null`() {
        #expect(JSON.integer(.max).text == "9223372036854775807")
        #expect(JSON.integer(.min).text == "-9223372036854775808")
        #expect(JSON.array([.number(.infinity), .number(.nan)]).text == "[null,null]")
    }

    @Test(
        arguments: [
            ("null", nil), ("true", true), (" \n\r\t false ", false), ("0", 0), ("-0", 0), ("-12", -12), ("1.5", 1.5),
            ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("1e2", 100.0), ("1.0", 1.0), ("-1.5E-1", -0.15), (#""""#, ""),
            (#""\u0041\ud83d\ude00\"\\\/\b\f\n\r\t""#, "A😀\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0000""#, "\0"), ("[]", []), ("[ 1 , [ ] ]", [1, []]), ("{}", [:]),
            (#"{"a":{"b":[1,"x",null]}, "c" : true}"#, ["a": ["b": [1, "x", nil]], "c": true]),
        ] as [(String, JSON)])
    func `good JSON is read`(text: String, expected: JSON) throws {
        #expect(try JSON(parsing: Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        "", " ", "nul", "True", "'a'", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "1e400",
        "[1,]", "[,1]", "[1 2]", "[1", "]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "{1:1}", "{",
        "1 2", "{}x", "{} {}", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\t\"", "\"\n\"",
        "\"\0\"", "\0", "\u{FEFF}{}", "//c\n1", "[1]//c", #""\ud800""#, #""\ud800x""#, #""\ud800\n""#,
        #""\ud800\u0041""#,
        #""\udc00""#, #""\ud800\ud800""#, #"{"\ud800":1}"#,
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONError.malformed) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test func `every beginning of a good text is refused`() throws {
        let text = Array(#"{"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00x"],"b":{"c":"d"}}"#.utf8)
        #expect(throws: Never.self) { try JSON(parsing: text) }
        for count in 0..<text.count {
            #expect(throws: JSONError.malformed) { try JSON(parsing: Array(text[..<count])) }
        }
    }

    @Test(arguments: [
        #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"[{"b":{"x":1,"y":2,"x":3}}]"#, #"{"é":1,"e\u0301":2}"#,
        #"{"":1,"":2}"#,
    ])
    func `two members of one name are refused, however they are spelled`(text: String) {
        #expect(throws: JSONError.duplicateMember) { try JSON(parsing: Array(text.utf8)) }
    }

    @Test func `nesting beyond the limit is refused before it costs anything`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(throws: Never.self) { try JSON(parsing: nested(32)) }
        #expect(throws: JSONError.tooDeep) { try JSON(parsing: nested(33)) }
        #expect(throws: JSONError.tooDeep) { try JSON(parsing: nested(30_000)) }
        #expect(throws: JSONError.tooDeep) { try JSON(parsing: Array(#"{"a":{"b":1}}"#.utf8), maximumDepth: 1) }
    }

    @Test func `too many bytes and bytes that are not UTF-8 are refused`() {
        #expect(throws: JSONError.tooLong) { try JSON(parsing: [UInt8](repeating: 0x20, count: 64 * 1024 + 1)) }
        #expect(throws: JSONError.tooLong) { try JSON(parsing: Array("123".utf8), maximumBytes: 2) }
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] {
            #expect(throws: JSONError.invalidUTF8) { try JSON(parsing: [0x22] + bytes + [0x22]) }
        }
        #expect(throws: JSONError.self) { try JSON(parsing: Array(#"{"a":1}"#.utf16).flatMap { [UInt8($0), 0] }) }
    }

    @Test func `strings and names are compared by their bytes, not by canonical equivalence`() {
        #expect(JSON.string("\u{E9}") != JSON.string("e\u{301}"))
        #expect(JSON.object(["\u{E9}": 1]) != JSON.object(["e\u{301}": 1]))
        #expect(JSON.object(["a": 1]) != ["a": 1, "b": 1])
        #expect(JSON.integer(1) != .number(1))
    }

    @Test func `what was written is read back as it was`() throws {
        let value: JSON = ["a": [1, -1, 2.5, 1e300, true, nil, "é\0\""], "b": ["c": .integer(.max), "": [:]]]
        #expect(try JSON(parsing: value.serialized()) == value)
    }

    @Test func `an accessor gives its kind and no other`() {
        let value: JSON = ["s": "x", "i": 1, "b": true, "a": [1], "o": ["n": nil]]
        #expect(value["s"]?.stringValue == "x")
        #expect(value["i"]?.integerValue == 1)
        #expect(value["b"]?.boolValue == true)
        #expect(value["a"]?.arrayValue == [1])
        #expect(value["o"]?["n"] == .null)
        #expect(value["b"]?.integerValue == nil)
        #expect(value["i"]?.stringValue == nil)
        #expect(value["absent"] == nil)
        #expect(JSON.string("x")["s"] == nil)
    }

    @Test(
        arguments: [
            (#"{"a":1,"b":{"c":1,"\u0063":2}}"#, "c"), (#"[{"a":1,"a":2}]"#, "a"), (#"{"a":1}"#, nil), ("{", nil),
            (#"{"x":[}, "a":1, "a":2}"#, nil),
        ] as [(String, String?)])
    func `which member is there twice can be asked`(text: String, name: String?) {
        #expect(JSON.duplicateMember(in: Array(text.utf8)) == name)
    }
}
