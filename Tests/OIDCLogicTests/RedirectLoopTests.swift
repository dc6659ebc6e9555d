import Testing

@testable import OIDCLogic

struct RedirectLoopTests {
    private func target(_ uri: String = "https://app.example/callback", state: String = "s") throws -> RedirectTarget {
        let client = try Client.fixture(metadata: ["redirect_uris": [.string(uri)]])
        return try ValidatedAuthorizationRequest.fixture(["redirect_uri": uri, "state": state], of: client).target
    }

    /// One answer at each of these seconds.
    private func answers(at seconds: [Int64], to uri: String = "https://app.example/callback") throws -> RedirectLoop {
        var cookie: String?
        var loop: RedirectLoop?
        for second in seconds {
            // The state is another each time, and no sign of another app.
            loop = RedirectLoop(adding: try target(uri, state: "\(second)"), to: cookie, at: .noon + second)
            cookie = loop?.text
        }
        return try #require(loop)
    }

    @Test func `a few answers are nothing, and one more within seconds is a loop`() throws {
        #expect(try !answers(at: [0, 0, 1, 1, 2]).isEndless)
        #expect(try answers(at: [0, 0, 1, 1, 2, 2]).isEndless)
        #expect(try answers(at: [0, 2, 4, 6, 8, 9]).isEndless)
    }

    @Test func `those of a person are none`() throws {
        #expect(try !answers(at: [0, 2, 4, 6, 8, 10]).isEndless, "the seconds are counted from the first")
        #expect(try !answers(at: [0, 0, 0, 0, 0, 10, 10, 10]).isEndless)
        #expect(try !answers(at: [0, 0, 0, 0, 0, -1]).isEndless, "nor those after the clock was set back")
    }

    @Test func `another address begins anew`() throws {
        let former = try answers(at: [0, 0, 0, 0, 0])
        let other = RedirectLoop(adding: try target("https://app.example/other"), to: former.text, at: .noon)
        #expect(!other.isEndless)
        #expect(!RedirectLoop(adding: try target(), to: other.text, at: .noon).isEndless)
    }

    @Test func `so does another request to the same address, and a new challenge makes none`() throws {
        let client = try Client.fixture(metadata: ["redirect_uris": ["https://app.example/callback"]])
        func target(_ changes: [String: String?]) throws -> RedirectTarget {
            try ValidatedAuthorizationRequest.fixture(changes, of: client).target
        }
        func answers(_ changes: (Int) -> [String: String?]) throws -> RedirectLoop? {
            try (0..<6).reduce(nil as RedirectLoop?) { loop, number in
                RedirectLoop(adding: try target(changes(number)), to: loop?.text, at: .noon)
            }
        }
        for name in ["scope", "prompt", "login_hint", "acr_values"] {
            let words = ["openid", "openid email", "openid profile", "openid phone", "openid address", "openid x"]
            let values = name == "prompt" ? ["login", "consent", "login", "consent", "login", "consent"] : words
            #expect(try answers { [name: values[$0]] }?.isEndless == false, "\(name)")
        }
        #expect(try answers { ["nonce": "\($0)"] }?.isEndless == true)
    }

    @Test(arguments: ["", "x", "..", "a.5.1", "%.6.%", "%.-1.%", "%.99999999999999999999.%", "%.5.x", "%.5.%.1"])
    func `a cookie that was never ours counts for nothing`(cookie: String) throws {
        let first = RedirectLoop(adding: try target(), to: nil, at: .noon)
        let name = String(first.text.prefix { $0 != "." })
        let forged =
            cookie.hasPrefix("%") ? name + cookie.dropFirst().replacing("%", with: "\(Timestamp.noon.seconds)") : cookie
        #expect(RedirectLoop(adding: try target(), to: forged, at: .noon) == first)
    }

    @Test func `it never grows`() throws {
        #expect(try answers(at: [0, 0, 0, 0, 0]).text.utf8.count < 40)
    }

    // OpenID Connect Core §3.1.2.1.
    @Test(arguments: [(nil, false), ("login", false), ("none", true)] as [(String?, Bool)])
    func `prompt=none shows nothing`(prompt: String?, isSilent: Bool) throws {
        #expect(try ValidatedAuthorizationRequest.fixture(["prompt": prompt]).target.isSilent == isSilent)
    }
}
