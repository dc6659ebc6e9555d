import Testing

@testable import OIDCLogic

/// RFC 6749 §3.1 and §3.2.
struct ParametersTests {
    private let parameters = Parameters([
        (name: "one", value: "1"), (name: "empty", value: ""), (name: "twice", value: "1"), (name: "twice", value: "1"),
        (name: "emptyAndNot", value: ""), (name: "emptyAndNot", value: "1"),
    ])

    @Test func `a parameter has its value`() throws {
        #expect(try parameters.value("one") == "1")
        #expect(try parameters.value("ONE") == nil)
        #expect(try parameters.value("absent") == nil)
    }

    // §3.1: "Parameters sent without a value MUST be treated as if they were omitted from the request."
    @Test func `one without a value counts as omitted`() throws {
        #expect(try parameters.value("empty") == nil)
    }

    // §3.1: "Request and response parameters MUST NOT be included more than once."
    @Test(arguments: ["twice", "emptyAndNot"])
    func `one sent twice is refused, also with the same value, or none`(name: String) {
        let error = #expect(throws: OAuthError.self) { try parameters.value(name) }
        #expect(error?.code == .invalidRequest)
    }

    @Test func `any that came twice can be refused, known or not`() throws {
        let error = #expect(throws: OAuthError.self) { try parameters.requireSingle() }
        #expect(error?.code == .invalidRequest)
        try Parameters(["a": "1", "b": "1"]).requireSingle()
    }

    @Test func `a limit counts bytes`() throws {
        let parameters = Parameters(["name": "éé"])
        #expect(try parameters.value("name", limit: 4) == "éé")
        let error = #expect(throws: OAuthError.self) { try parameters.value("name", limit: 3) }
        #expect(error?.code == .invalidRequest)
    }

    @Test func `names are compared by their bytes`() throws {
        let parameters = Parameters([(name: "\u{E9}", value: "composed"), (name: "e\u{301}", value: "decomposed")])
        try parameters.requireSingle()
        #expect(try parameters.value("e\u{301}") == "decomposed")
    }

    // §4.1.2.1 allows no quote, no backslash and nothing but ASCII in error_description.
    @Test func `an error says nothing of the request's own words`() {
        let error = #expect(throws: OAuthError.self) { try parameters.value("twice") }
        let text = error?.description(refusal: "0123") ?? "\""
        #expect(text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        #expect(!text.contains("twice"))
        #expect(text.contains("0123"))
    }

    @Test func `others take the place of those of their names, if they have a value`() throws {
        let own = Parameters([
            (name: "a", value: "1"), (name: "b", value: "2"), (name: "b", value: "3"), (name: "c", value: "4"),
        ])
        let result = own.superseded(
            by: Parameters([
                (name: "b", value: "5"), (name: "c", value: ""), (name: "d", value: "6"), (name: "d", value: "7"),
            ]))
        #expect(try result.value("a") == "1")
        #expect(try result.value("b") == "5")
        #expect(try result.value("c") == "4")
        #expect(result.values("d") == ["6", "7"])
        #expect(throws: OAuthError.self) { try result.value("d") }
        #expect(try result.without("d", "e").value("d") == nil)
    }
}
