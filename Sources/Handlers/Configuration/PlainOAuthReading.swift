import JOSE
import OIDCLogic

/// Reads how an upstream is asked that speaks OAuth and not OpenID Connect.
struct PlainOAuthReading {
    /// Whether anything says that it does.
    let isWanted: Bool
    /// Nil: it isn't wanted, or is wrong.
    let oauth: PlainOAuth?

    init(_ section: ConfigurationSection, _ usual: UpstreamDefaults) {
        let endpoints = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"]
        let written = endpoints.map { section.value($0) }
        let subject = section.value("subject")
        let additional = section.texts("additional")
        isWanted = usual.oauth != nil || written.contains { $0 != nil }
        guard isWanted else {
            oauth = nil
            for (key, isThere) in [("subject", subject != nil), ("additional", !(additional ?? [:]).isEmpty)]
            where isThere {
                section.fault(
                    key,
                    "is for an upstream that speaks OAuth alone; of one that speaks OpenID Connect the ID token says it"
                )
            }
            return
        }
        // All of a preset's own or none: a token of one server is nothing to show to another.
        let known = written.contains { $0 != nil } ? nil : usual.oauth
        let usualURIs = [known?.authorizationEndpoint, known?.tokenEndpoint, known?.userinfoEndpoint]
        let uris = zip(endpoints, zip(written, usualURIs)).map { key, sources in
            sources.0.map { Self.uri($0, key, section) } ?? Self.known(sources.1, key, section)
        }
        let answers = Self.additional(additional, section)
        guard let authorization = uris[0], let token = uris[1], let userinfo = uris[2], let answers else {
            oauth = nil
            return
        }
        oauth = PlainOAuth(
            authorizationEndpoint: authorization, tokenEndpoint: token, userinfoEndpoint: userinfo,
            subject: subject?.text ?? usual.oauth?.subject ?? "sub",
            additional: answers.isEmpty ? known?.additional ?? [:] : answers)
    }

    private static func known(_ uri: WebURI?, _ key: String, _ section: ConfigurationSection) -> WebURI? {
        if uri == nil {
            section.fault(
                key,
                "is missing; an upstream that speaks OAuth alone needs authorization_endpoint, token_endpoint and "
                    + "userinfo_endpoint")
        }
        return uri
    }

    private static func uri(
        _ value: ConfigurationSection.Value, _ key: String, _ section: ConfigurationSection
    ) -> WebURI? {
        guard let uri = WebURI(value.text), !value.text.contains("#") else {
            section.fault(key, value, "must be a URL without a fragment, such as https://idp.example.com/oauth/token")
            return nil
        }
        return uri
    }

    private static func additional(_ texts: [String: String]?, _ section: ConfigurationSection) -> [String: WebURI]? {
        guard let texts else { return nil }
        let uris = texts.compactMapValues { $0.contains("#") ? nil : WebURI($0) }
        for name in texts.keys.sorted() where uris[name] == nil {
            section.fault("additional", "(\(name)) must be a URL without a fragment")
        }
        guard texts["sub"] == nil else {
            section.fault("additional", "has sub, which says who they are and is no name for anything else")
            return nil
        }
        return uris.count == texts.count ? uris : nil
    }
}
