import Testing

@testable import OIDCLogic

/// RFC 6749 §3.1.2, RFC 8252 §7 and §8, RFC 9700 §2.1.
struct RedirectURITests {
    @Test(arguments: [
        "https://app.example/callback", "https://app.example", "https://app.example:8443/a?b=c&d=%20",
        "http://localhost:3000/cb", "http://127.0.0.1/cb", "http://[::1]:8080/cb", "https://192.0.2.1/cb",
    ])
    func `a web client registers https, or http on loopback`(uri: String) throws {
        #expect(try RedirectURI(registering: uri, for: .web).value == uri)
    }

    // RFC 8252 §7.1
    @Test(arguments: ["com.example.app:/callback", "com.example.app://callback", "https://app.example/claimed"])
    func `a native client registers private-use schemes too`(uri: String) throws {
        #expect(try RedirectURI(registering: uri, for: .native).value == uri)
    }

    @Test(
        arguments: [
            ("http://app.example/cb", .web, .insecure),
            ("http://127.0.0.1.evil.example/cb", .web, .insecure),
            ("http://localhost.evil.example/cb", .web, .insecure),
            ("http://127.0.0.2/cb", .web, .insecure),
            ("http:/cb", .web, .insecure),
            ("https:/cb", .web, .notAbsolute),
            ("https://", .web, .notAbsolute),
            ("https:///cb", .web, .notAbsolute),
            ("//app.example/cb", .web, .notAbsolute),
            ("/cb", .web, .notAbsolute),
            ("", .web, .notAbsolute),
            ("https://app.example/c b", .web, .notAbsolute),
            ("https://app.example/é", .web, .notAbsolute),
            ("https://app.example/\r\nSet-Cookie: a", .web, .notAbsolute),
            ("https://app.example/\u{0}", .web, .notAbsolute),
            ("https://app.example\\@evil.example/", .web, .notAbsolute),
            ("https://app.example:0/", .web, .notAbsolute),
            ("https://app.example:65536/", .web, .notAbsolute),
            ("https://app.example:/", .web, .notAbsolute),
            ("https://app.example:80:80/", .web, .notAbsolute),
            ("https://[::1/", .web, .notAbsolute),
            ("https://[::1]x/", .web, .notAbsolute),
            ("https://app.example/cb#", .web, .fragment),
            ("https://app.example/cb#a", .web, .fragment),
            ("https://*.app.example/cb", .web, .wildcard),
            ("https://app.example/*", .web, .wildcard),
            ("https://user@app.example/cb", .web, .userInfo),
            ("https://app.example@evil.example/cb", .web, .userInfo),
            ("https://@app.example/cb", .web, .userInfo),
            ("https://app.example/\"", .web, .character),
            ("https://app.example/<x>", .web, .character),
            ("https://app.example/%zz", .web, .character),
            ("https://app.example/%2", .web, .character),
            ("https://app.example/cb?code=1", .web, .answerParameter),
            ("https://app.example/cb?a=b&state", .web, .answerParameter),
            ("https://app.example/cb?iss=x", .web, .answerParameter),
            ("https://app.example/cb?%63ode=x", .web, .answerParameter),
            ("https://app.example/cb?a&st%61te", .web, .answerParameter),
            ("https://app%2eexample/cb", .web, .host),
            ("https://app.example%00.evil.example/", .web, .host),
            ("https://%C3%BC.example/", .web, .host),
            ("https://app..example/", .web, .host),
            ("https://.example/", .web, .host),
            ("https://app.example;a/", .native, .host),
            ("http://[::1%25eth0]/", .web, .host),
            ("HTTPS://app.example/cb", .web, .upperCase),
            ("https://App.example/cb", .web, .upperCase),
            ("com.example.app:/cb", .web, .scheme),
            ("javascript:alert(1)", .web, .scheme),
            ("data:text/html,x", .web, .scheme),
            ("javascript:alert(1)", .native, .schemeWithoutDot),
            ("urn:ietf:wg:oauth:2.0:oob", .native, .schemeWithoutDot),
            ("myapp:/cb", .native, .schemeWithoutDot),
            ("http://app.example/cb", .native, .insecure),
        ] as [(String, ApplicationType, RedirectURIFault)])
    func `what is no place to send a code to is not registered`(
        uri: String, type: ApplicationType, fault: RedirectURIFault
    ) {
        #expect(throws: fault) { try RedirectURI(registering: uri, for: type) }
    }

    // RP-Initiated Logout 1.0 §3: `state` is all that is added.
    @Test func `what is added after a sign-out is less`() throws {
        let free = "https://app.example/bye?code=1&iss=2&error=3"
        #expect(try RedirectURI(registering: free, for: .web, answer: .logout).value == free)
        #expect(throws: RedirectURIFault.state) {
            try RedirectURI(registering: "https://app.example/bye?st%61te=1", for: .web, answer: .logout)
        }
        for (name, isTaken) in [("state", true), ("code", true), ("sid", false)] {
            #expect(AnswerParameters.authorization.has(aNameOf: "a=b&\(name)=c") == isTaken)
        }
        for (name, isTaken) in [("iss", true), ("s%69d", true), ("state", false)] {
            #expect(AnswerParameters.frontchannelLogout.has(aNameOf: "\(name)") == isTaken)
        }
    }

    // Front-Channel Logout 1.0 §2.
    @Test func `a front-channel URI has no parameter that is added to it`() throws {
        func metadata(_ query: String) throws -> ClientMetadata {
            try .init([
                "redirect_uris": ["https://app.example/callback"],
                "frontchannel_logout_uri": .string("https://app.example/out?" + query),
            ])
        }
        #expect(try metadata("a=iss").frontchannelLogout != nil)
        for query in ["iss=x", "a=b&sid=c"] {
            #expect(throws: ClientMetadataError.self) { try metadata(query) }
        }
    }

    @Test func `1024 bytes are enough for anyone`() throws {
        let long = "https://app.example/" + String(repeating: "a", count: 1004)
        #expect(try RedirectURI(registering: long, for: .web).value == long)
        #expect(throws: RedirectURIFault.tooLong) { try RedirectURI(registering: long + "a", for: .web) }
    }

    // RFC 9700 §2.1: exact string matching
    @Test(arguments: [
        "https://app.example/callback/", "https://app.example/Callback", "https://app.example:443/callback",
        "https://app.example/callback?", "https://app.example/callback?a=b", "https://app.example/callback#a",
        "http://app.example/callback", "https://APP.example/callback", "https://app.example/./callback",
        "https://app.example/%63allback", "https://app.example/callbac", "https://app.example/callback ", "",
    ])
    func `a registered URI is matched byte by byte`(requested: String) throws {
        let uri = try RedirectURI(registering: "https://app.example/callback", for: .web)
        #expect(uri.accepts("https://app.example/callback", from: .web))
        #expect(!uri.accepts(requested, from: .web))
        #expect(!uri.accepts(requested, from: .native))
    }

    // RFC 8252 §7.3
    @Test(arguments: ["http://127.0.0.1", "http://[::1]", "http://localhost"])
    func `a native client's loopback port may differ`(base: String) throws {
        for port in ["", ":49152"] {
            let uri = try RedirectURI(registering: "\(base)\(port)/cb?a=b", for: .native)
            for other in ["", ":1", ":65535"] {
                #expect(uri.accepts("\(base)\(other)/cb?a=b", from: .native), "\(port) and \(other)")
            }
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:8080/CB", "http://127.0.0.1:8080/cb/", "http://127.0.0.1:8080/cb?a",
        "http://localhost:8080/cb",
        "http://[::1]:8080/cb", "https://127.0.0.1:8080/cb", "http://127.0.0.1:8080@evil.example/cb",
        "http://127.0.0.1:8080/cb#a", "http://evil@127.0.0.1:8080/cb", "http://127.0.0.1:0/cb", "http://127.0.0.1:/cb",
        "http://127.0.0.1:99999/cb", "http://127.0.0.1.evil.example:8080/cb", "http://127.0.0.1:8080\\/cb",
    ])
    func `nothing but the port may differ`(requested: String) throws {
        let uri = try RedirectURI(registering: "http://127.0.0.1:1234/cb", for: .native)
        #expect(!uri.accepts(requested, from: .native))
    }

    @Test func `a web client's loopback port is matched`() throws {
        let uri = try RedirectURI(registering: "http://localhost:3000/cb", for: .web)
        #expect(uri.accepts("http://localhost:3000/cb", from: .web))
        #expect(!uri.accepts("http://localhost:3001/cb", from: .web))
    }

    @Test func `a native client's https port is matched`() throws {
        let uri = try RedirectURI(registering: "https://app.example/cb", for: .native)
        #expect(!uri.accepts("https://app.example:8443/cb", from: .native))
    }
}
