import JOSE

/// What a JWT that serves once is known by after its use: a digest of who made it and its `jti`, which may have any length.
package struct AssertionID: Sendable, Equatable {
    package let digest: [UInt8]

    /// Of a client's assertion.
    package init(_ jti: String, of client: ClientID) { self.init(jti, maker: client.value, kind: "") }

    /// Of a CI job's identity token.
    init(_ jti: String, issuedBy issuer: WebURI) { self.init(jti, maker: issuer.value, kind: "ci") }

    /// Of an upstream's logout token.
    init(logout jti: String, issuedBy issuer: WebURI) { self.init(jti, maker: issuer.value, kind: "logout") }

    /// Length-prefixed, so that no two read alike.
    private init(_ jti: String, maker: String, kind: String) {
        digest = Digest.sha256(Array("\(kind)\(maker.utf8.count):\(maker)\(jti)".utf8))
    }
}
