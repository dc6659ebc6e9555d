/// One client that is told of the end of one session by the browser that it was in (OpenID Connect Front-Channel Logout
/// 1.0 §3), as of when it ended.
package struct FrontchannelLogout: Sendable, Equatable {
    package let clientID: ClientID
    /// The session, as the client knows it.
    package let sid: String
    package let uri: WebURI

    /// In seconds: for how long that browser is shown the frames, again if it comes again. Of two clicks on a link that
    /// signs out only the second one's page is seen, and the first one ended the session.
    package static let memory: Int64 = 600

    package init(clientID: ClientID, sid: String, uri: WebURI) {
        self.clientID = clientID
        self.sid = sid
        self.uri = uri
    }

    /// What a frame loads. §2: both parameters or neither, and a query of the registered URI is kept.
    package func frame(from issuer: Issuer) -> String {
        FormEncoding.append([("iss", issuer.value), ("sid", sid)], to: uri.value)
    }
}

extension [FrontchannelLogout] {
    /// In bytes: what the other headers leave of nginx's 4096.
    private static var sourceLimit: Int { 2000 }

    /// What a page with these frames may load into frames, as Content Security Policy Level 3 §2.3.1 writes it: those
    /// addresses and no other.
    package var frameSources: String { sources(\.frameSource) }

    /// The same for a header, where too many have no room: then whatever goes by their schemes. Of several policies a browser
    /// obeys each (§8.1), so the page itself says the rest.
    package var headerFrameSources: String {
        frameSources.utf8.count <= Self.sourceLimit ? frameSources : sources { "\($0.scheme):" }
    }

    private func sources(_ source: (WebURI) -> String) -> String {
        Set(map { source($0.uri) }).sorted().joined(separator: " ")
    }
}

extension WebURI {
    fileprivate var scheme: String { String(value.prefix { $0 != ":" }).lowercased() }

    /// A source has no query, and no spelling for an IPv6 address (§2.3.1, `host-char`).
    fileprivate var frameSource: String {
        let address = value.prefix { $0 != "?" && $0 != "#" }
        guard !address.contains("[") else { return "\(scheme):" }
        return address.utf8.reduce(into: "") { source, byte in
            // Level 3 §2.3.1: these two end a source and a policy.
            if byte.isUnreserved || "/:%!$&'()*+=@".utf8.contains(byte) {
                source.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                source += FormEncoding.escape(byte)
            }
        }
    }
}
