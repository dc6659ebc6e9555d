import FCGIBridge
import JOSE
import OIDCLogic
import Testing

@testable import Handlers
@testable import SQLiteStore

/// What browsers send when nobody means it.
@Suite struct StaleBrowserTests {
    private static let cookie = "__Host-postern-answers"
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
    }

    // MARK: An app that loops

    @Test(arguments: [[:], ["response_mode": "form_post"]] as [Change])
    func `an app that begins anew each time is stopped by a page, and may go on`(change: Change) throws {
        _ = browser.login(on: browser.authorize())
        #expect(browser.cookies[Self.cookie] == nil, "a person at a form is no loop")
        for _ in 0..<RedirectLoop.limit {
            let answer = browser.authorize("app", change.merging(["state": "\(fixture.now.seconds)"]) { $1 })
            #expect(answer.leads(to: "https://app.example/callback?") || answer.shows("code"))
            fixture.now = fixture.now + 1
        }
        let page = browser.authorize("app", change)
        #expect(page.status == .tooManyRequests && page.text.contains("This app goes round in circles"))
        #expect(page[.location] == nil && !page.shows("code"))
        #expect(page.text.contains("it is given a code"))
        #expect(page.text.contains("href=\"https://login.example/oidc/authorize?"))
        #expect(browser.cookies[Self.cookie] == nil)
        #expect(!browser.authorize("app", change).text.contains("circles"), "whoever wants to, goes on")
    }

    @Test func `by POST as well`() throws {
        _ = browser.login(on: browser.authorize())
        for _ in 0..<RedirectLoop.limit { #expect(try browser.authorize(method: .post).parameter("code") != nil) }
        let page = browser.authorize(method: .post)
        #expect(page.status == .tooManyRequests)
        #expect(page.text.contains("/oidc/authorize?client_id=app&amp;"), "the link asks by GET")
    }

    @Test func `an app that begins anew after each error is stopped as well`() throws {
        for _ in 0..<RedirectLoop.limit {
            #expect(browser.authorize("app", ["scope": nil, "response_type": "x"]).error != nil)
        }
        let page = browser.authorize("app", ["scope": nil, "response_type": "x"])
        #expect(page.status == .tooManyRequests && page.text.contains("it is told of an error"))
    }

    // OpenID Connect Core §3.1.2.1.
    @Test func `with prompt=none no page is shown, a loop included`() throws {
        for _ in 0..<20 { #expect(browser.authorize("app", ["prompt": "none"]).error == "login_required") }
        _ = browser.login(on: browser.authorize())
        for _ in 0..<20 { #expect(try browser.authorize("app", ["prompt": "none"]).parameter("code") != nil) }
        #expect(browser.cookies[Self.cookie] == nil)
    }

    @Test func `login pages are shown as often as they are asked for, and apps don't disturb each other`() throws {
        for _ in 0..<20 { #expect(browser.authorize().shows("password")) }
        _ = browser.login(on: browser.authorize())
        for _ in 0..<20 {
            #expect(try browser.authorize("app").parameter("code") != nil)
            #expect(try browser.authorize("other").parameter("code") != nil)
        }
    }

    @Test func `an administrator is told why`() throws {
        _ = browser.login(on: browser.authorize())
        for _ in 0..<RedirectLoop.limit { _ = browser.authorize() }
        _ = browser.authorize()
        #expect(fixture.logged.contains { $0.contains("the app begins anew each time") })
    }

    // MARK: Addresses of forms

    @Test(arguments: [HandlerName.login, .consent])
    func `the address of a form begins the same request again`(handler: HandlerName) throws {
        let page = handler == .login ? browser.authorize("third") : try consentPage()
        let start = try page.text.split(separator: "action=\"/oidc/\(handler.rawValue)?", maxSplits: 1).last.orThrow(
            "no form")
        let query = String(start.prefix { $0 != "\"" }).replacing("&amp;", with: "&")
        let answer = fixture.respond(handler, Request(handler: handler.rawValue, query: query))
        #expect(answer.status == .found)
        #expect(answer[.location]?.text == "https://login.example/oidc/authorize?" + query)
        let again = try browser.follow(answer)
        #expect(again.shows(handler == .login ? "password" : "decision"))
        #expect(
            Dictionary(try answer.answer.map { ($0.name, $0.value) }) { $1 }
                == HandlerBrowser.authorization(of: "third"))
    }

    /// What a page says, of a request that no address has room for, or whose client signed it.
    @Test(arguments: [HandlerName.login, .consent])
    func `a request that an address can't hold starts again by an attempt`(handler: HandlerName) throws {
        let long: Change = [
            "state": String(repeating: "ü", count: 500), "nonce": String(repeating: "ü", count: 250),
            "scope": "openid email " + (0..<700).map { "s\($0)" }.joined(separator: " "),
        ]
        let page = handler == .login ? browser.authorize("third", long) : try consentPage(long)
        browser.cookies["__Host-postern-browser"] = nil
        let refused = browser.send(.post, handler, page.hidden.fields)
        #expect(refused.text.contains("blocks cookies"))
        let parts = refused.text.split(separator: "href=\"https://login.example/oidc/authorize?attempt=", maxSplits: 1)
        try #require(parts.count == 2, "there is a link")
        let value = String(parts[1].prefix { $0 != "\"" })
        #expect(value.hasPrefix("~"), "it is kept here")
        let again = browser.send(.get, .authorize, [("attempt", value)])
        #expect(again.shows(handler == .login ? "password" : "decision"))
    }

    private func consentPage(_ change: Change = [:]) throws -> Response {
        try browser.follow(browser.login(on: browser.authorize("third", change)))
    }

    @Test(arguments: [HandlerName.login, .consent])
    func `without a query it leads to the page that says what this is`(handler: HandlerName) {
        let answer = fixture.respond(handler, Request(handler: handler.rawValue))
        #expect(answer.status == .found && answer[.location] == "https://login.example/oidc/")
    }

    @Test func `what no address can hold is left out of it`() {
        let long = ["state": String(repeating: "s", count: 1000), "nonce": String(repeating: "n", count: 500)]
        let page = browser.authorize("app", long)
        #expect(page.shows("password") && page.text.contains("action=\"/oidc/login\""))
    }
}
