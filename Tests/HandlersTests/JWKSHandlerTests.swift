import FCGIBridge
import JOSE
import Testing

@testable import Handlers

/// RFC 7517 §5.
struct JWKSHandlerTests {
    @Test func `what is published is all keys, and of each the public members alone`() throws {
        let fixture = try HandlerFixture()
        let response = fixture.respond(.jwks, Request(handler: "jwks"))
        #expect(response[.pragma] == nil && response[.cacheControl]?.text.hasPrefix("public") == true)
        let keys = try response.json()["keys"]?.arrayValue ?? []
        #expect(try keys.compactMap { $0["kid"]?.stringValue } == fixture.store.signingKeys().map(\.keyID))
        let names = Set(keys.flatMap { $0.objectValue.map { Array($0.keys) } ?? [] })
        #expect(names == ["kty", "crv", "x", "y", "n", "e", "kid", "use", "alg"])
    }
}
