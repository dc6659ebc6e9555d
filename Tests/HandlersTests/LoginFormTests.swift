import FCGIBridge
import OIDCLogic
import Testing

@testable import Handlers

/// The login form as it comes back: by whom, when, and how often.
struct LoginFormTests {
    private let fixture: HandlerFixture
    private let browser: HandlerBrowser

    init() throws {
        fixture = try HandlerFixture()
        browser = HandlerBrowser(fixture)
    }

    @Test func `a form sent again with another's password asks them to sign in`() throws {
        try fixture.store.add(fixture.user("bob", "bob"))
        let page = browser.authorize()
        #expect(browser.login(on: page).leads(to: "https://app.example/callback?code="))
        let before = try fixture.rows()
        let again = try browser.follow(browser.login(on: page, as: "bob"))
        #expect(again.shows("password") && again.text.contains("role=\"alert\""))
        #expect(try fixture.rows() == before)
        #expect(browser.login(on: again, as: "bob").leads(to: "https://app.example/callback?code="))
    }

    /// What came instead of a good login form.
    enum Fault: String, CaseIterable {
        case noToken, tokenOfAnotherPage, noAttempt, changedAttempt, code, otherBrowser, noCookie, changedCookie
        case twoCookies, framed, script, contentType, twice
    }

    @Test(arguments: Fault.allCases)
    func `a faulty form signs nobody in`(fault: Fault) throws {
        let code = try HandlerBrowser(fixture).code()
        let page = browser.authorize()
        let other = browser.authorize()
        let before = try fixture.rows()
        let response: Response
        switch fault {
        case .noToken: response = browser.login(on: page, ["token": nil])
        case .tokenOfAnotherPage: response = browser.login(on: page, ["token": other.hidden["token"]])
        case .noAttempt: response = browser.login(on: page, ["attempt": nil])
        case .changedAttempt:
            let attempt = page.hidden["attempt"] ?? ""
            response = browser.login(on: page, ["attempt": attempt.dropLast() + (attempt.hasSuffix("A") ? "E" : "A")])
        case .code: response = browser.login(on: page, ["attempt": code])
        case .otherBrowser:
            let stranger = HandlerBrowser(fixture)
            _ = stranger.authorize()
            response = stranger.login(on: page)
        case .noCookie:
            browser.cookies = [:]
            response = browser.login(on: page)
        case .changedCookie:
            browser.cookies["__Host-postern-browser"]?.append("A")
            response = browser.login(on: page)
        case .twoCookies:
            browser.cookies[" __Host-postern-browser"] = browser.cookies["__Host-postern-browser"]
            response = browser.login(on: page)
        case .framed: response = browser.login(on: page, mode: "nested-navigate")
        case .script: response = browser.login(on: page, mode: "cors")
        case .contentType:
            response = browser.send(.post, .login, page.hidden.fields, contentType: "text/plain")
        case .twice:
            let fields = page.hidden.fields + page.hidden.fields
            response = browser.send(.post, .login, fields)
        }
        #expect((400..<500).contains(response.status.code), "\(response.status)")
        #expect(response[.location] == nil)
        #expect(response[.contentType]?.text == "text/html; charset=utf-8")
        #expect(browser.cookies["__Host-postern"] == nil)
        #expect(try fixture.rows() == before)
    }

    @Test func `a form that is an hour late offers to sign in all the same`() throws {
        let page = browser.authorize()
        let before = try fixture.rows()
        fixture.now = fixture.now + 3600
        let late = browser.login(on: page)
        #expect(late.status == .ok)
        #expect(late.shows("password"))
        #expect(try fixture.rows() == before)
        #expect(browser.login(on: late).leads(to: "https://app.example/callback?code="))
    }

    @Test func `a form of a clock that was set back is late too`() throws {
        let page = browser.authorize()
        fixture.now = fixture.now - 10
        let late = browser.login(on: page)
        #expect(late.shows("password"))
        #expect(browser.login(on: late).leads(to: "https://app.example/callback?code="))
    }

    @Test(arguments: [[:], ["prompt": "login"]] as [Change])
    func `a form sent twice signs in once, and leads to the app twice`(change: Change) throws {
        let page = browser.authorize("app", change)
        let early = browser.cookies
        #expect(browser.login(on: page).leads(to: "https://app.example/callback?code="))
        let signedIn = browser.cookies
        let before = try fixture.rows()
        for cookies in [early, signedIn] {
            // The second click comes before the first one's cookie does, or after it.
            browser.cookies = cookies
            let second = browser.login(on: page)
            #expect(second.status == .seeOther)
            browser.cookies = signedIn
            #expect(try browser.follow(second).leads(to: "https://app.example/callback?code="))
        }
        #expect(try fixture.rows() == before)
    }

    @Test func `a form sent twice by a browser that has no session asks to sign in`() throws {
        let page = browser.authorize()
        let early = browser.cookies
        _ = browser.login(on: page)
        let before = try fixture.rows()
        browser.cookies = early
        let again = try browser.follow(browser.login(on: page))
        #expect(again.shows("password") && again.text.contains("role=\"alert\""))
        #expect(browser.cookies == early)
        #expect(try fixture.rows() == before)
        #expect(browser.login(on: again).leads(to: "https://app.example/callback?code="))
    }

    // Neither the form nor the address that it leads to is worth anything elsewhere.
    @Test func `a form sent again from another browser gets nothing`() throws {
        let page = browser.authorize()
        _ = browser.login(on: page)
        let second = browser.login(on: page)
        let before = try fixture.rows()
        for thief in [HandlerBrowser(fixture), HandlerBrowser(fixture)] {
            let refused = thief.login(on: page)
            #expect((400..<500).contains(refused.status.code))
            #expect(refused[.location] == nil)
            #expect(try thief.follow(second).shows("password"))
            #expect(thief.cookies["__Host-postern"] == nil)
        }
        #expect(try fixture.rows() == before)
    }
}
