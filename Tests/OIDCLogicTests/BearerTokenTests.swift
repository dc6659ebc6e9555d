import Testing

@testable import OIDCLogic

/// RFC 6750 §2.
struct BearerTokenTests {
    private let form = Parameters(["access_token": "abc.def"])

    // §2.1; RFC 9110 §11.1: the scheme doesn't regard case
    @Test(arguments: ["Bearer abc.def", "bearer abc.def", "BEARER abc.def"])
    func `in the header`(header: String) throws {
        #expect(try BearerToken(authorization: header, form: nil)?.text == "abc.def")
    }

    // §2.2
    @Test func `in the form`() throws {
        #expect(try BearerToken(authorization: nil, form: form)?.text == "abc.def")
    }

    // §2: "Clients MUST NOT use more than one method to transmit the token in each request."
    @Test func `in both is invalid_request, the same token too`() {
        let error = #expect(throws: OAuthError.self) { try BearerToken(authorization: "Bearer abc.def", form: form) }
        #expect(error?.code == .invalidRequest)
    }

    // §3.1: without any token the answer has no error code.
    @Test(arguments: [nil, "", "Basic YTpi", "DPoP abc"])
    func `in neither there is none`(header: String?) throws {
        #expect(try BearerToken(authorization: header, form: nil) == nil)
        #expect(try BearerToken(authorization: header, form: Parameters(["access_token": ""])) == nil)
    }

    @Test(arguments: [
        "Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer \"a\"", "Bearer é", "Bearer a\u{0}",
        "Bearer a, Bearer b",
    ])
    func `a malformed one is invalid_request`(header: String) {
        let error = #expect(throws: OAuthError.self) { try BearerToken(authorization: header, form: nil) }
        #expect(error?.code == .invalidRequest)
    }

    @Test func `twice in the form is invalid_request`() {
        let twice = Parameters(["access_token": "a"], repeating: "access_token", as: "b")
        let error = #expect(throws: OAuthError.self) { try BearerToken(authorization: nil, form: twice) }
        #expect(error?.code == .invalidRequest)
    }
}
