import FCGIBridge
import Testing

@testable import Handlers

struct FailurePagesTests {
    private func answer(_ handler: String, language: String = "") throws -> Response {
        let request = Request(handler: handler, headers: ["Accept-Language": language])
        return try FailurePages(PagesFixture.renderer()).response(.bodyTooLarge(limit: 1), request.head)
    }

    @Test(arguments: ["authorize", "login", "consent", "nobody", ""])
    func `people see a page, in their language`(handler: String) throws {
        let german = try answer(handler, language: "de")
        #expect(german.status == .contentTooLarge)
        #expect(german[.contentLanguage]?.text == "de")
        #expect(german.text.contains("Das war zu viel auf einmal"))
        #expect(try answer(handler)[.contentLanguage]?.text == "en")
    }

    @Test(arguments: ["token", "userinfo", "jwks", "discovery", "health"])
    func `programs get JSON`(handler: String) throws {
        let response = try answer(handler)
        #expect(response.status == .contentTooLarge)
        #expect(response.error == "invalid_request")
        #expect(response[.cacheControl]?.text == "no-store")
    }
}
