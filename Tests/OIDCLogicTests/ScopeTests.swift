import Testing

@testable import OIDCLogic

/// RFC 6749 §3.3.
struct ScopeTests {
    @Test func `names keep their order, and each is there once`() throws {
        #expect(try Scope("profile openid profile a:b/c openid").names == ["profile", "openid", "a:b/c"])
    }

    @Test func `the case of a name matters`() throws {
        let scope = try Scope("OpenID")
        #expect(!scope.contains(Scope.openID))
        #expect(scope.intersection(.standard).isEmpty)
    }

    @Test(arguments: ["a\"b", "a\\b", "a\tb", "a\nb", "é", "a\u{0}", "a\u{7F}", "a\u{A0}b"])
    func `a character outside of NQCHAR is invalid_scope`(text: String) {
        let error = #expect(throws: OAuthError.self) { try Scope(text) }
        #expect(error?.code == .invalidScope)
    }

    @Test func `empty and blank give nothing`() throws {
        #expect(try Scope("").isEmpty)
        #expect(try Scope("  ").isEmpty)
    }

    @Test func `an intersection keeps the order that was asked for`() throws {
        let asked = try Scope("email clerk openid")
        #expect(asked.intersection(.standard).names == ["email", "openid"])
        #expect(asked.intersection(.standard).description == "email openid")
    }

    @Test func `a union has each name once`() throws {
        #expect(try Scope("a b").union(try Scope("b c")).names == ["a", "b", "c"])
    }

    @Test func `subset and equality don't regard the order`() throws {
        let scope = try Scope("a b")
        #expect(scope == (try Scope("b a")))
        #expect(scope.hashValue == (try Scope("b a")).hashValue)
        #expect(scope != (try Scope("a c")))
        #expect(try Scope("a").isSubset(of: scope))
        #expect(!scope.isSubset(of: try Scope("a")))
        #expect(Scope.none.isSubset(of: scope))
    }

    // A request's scope has at most 4096 bytes.
    @Test func `two thousand names are read in a moment`() throws {
        let text = (0..<1024).map { String($0, radix: 36) }.joined(separator: " ")
        var count = 0
        let duration = try ContinuousClock().measure {
            for _ in 0..<10 { count += try Scope(text).names.count }
        }
        #expect(count == 10 * 1024)
        #expect(duration < .seconds(1))
    }
}
