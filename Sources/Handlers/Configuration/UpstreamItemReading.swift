import JOSE
import OIDCLogic

/// Reads an item of `upstreams`, be it of the configuration or of the store.
struct UpstreamItemReading {
    private(set) var upstream: Upstream?

    init(_ section: ConfigurationSection, _ line: Int?, _ expressions: UpstreamExpressions) {
        let preset = Self.preset(section)
        let usual = preset?.defaults ?? UpstreamDefaults()
        let name = Self.name(section, line)
        let title = section.value("title")?.text
        let issuer = Self.issuer(section, line, preset, usual)
        let clientID = section.value("client_id")?.text
        if clientID == nil {
            section.fault("client_id", "is missing; it is what the upstream knows this service by", orAt: line)
        }
        let authentication = section.value(
            "token_endpoint_auth_method", default: usual.authentication,
            expected: "must be client_secret_basic, client_secret_post or private_key_jwt"
        ) { UpstreamAuthentication(rawValue: $0) }
        let assertionAlgorithm = section.value(
            "token_endpoint_auth_signing_alg", default: SignatureAlgorithm.rs256,
            expected: "must be one of " + SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
        ) { SignatureAlgorithm(rawValue: $0) }
        let oauth = PlainOAuthReading(section, usual)
        let scope = Self.scope(section, usual, isOAuth: oauth.isWanted)
        let algorithms = section.signatureAlgorithms("algorithms")
        let mappings = UpstreamMappingReading(section, expressions, usual)
        let domains = mappings.domains("email_domains")
        let admission = mappings.admission
        let mapping = mappings.mapping
        let rhythm = Self.rhythm(section, usual)
        let parameters = Self.parameters(section, usual)
        let endsByRefusal = section.value(
            "refused_refresh", default: false,
            expected: "must be sign-in or gone: what a refresh token that the upstream refuses says of its user"
        ) { ["sign-in": false, "gone": true][$0] }
        let signsOut = section.value("logout", default: false, expected: "must be true or false") { Bool($0) }
        if endsByRefusal, oauth.isWanted {
            section.fault(
                "refused_refresh",
                "is gone, and an upstream that speaks OAuth alone is asked at its userinfo endpoint; leave it out")
        }
        if signsOut, oauth.isWanted {
            section.fault("logout", "is true, and an upstream that speaks OAuth alone has no sign-out; leave it out")
        }
        guard let name, let issuer, let clientID, let scope, let algorithms, let domains, let admission, let mapping,
            let parameters, !oauth.isWanted || oauth.oauth != nil
        else { return }
        upstream = Upstream(
            name: name, title: title ?? usual.title ?? name.value, issuer: issuer, clientID: clientID,
            authentication: authentication, assertionAlgorithm: assertionAlgorithm, scope: scope,
            algorithms: algorithms, domains: domains,
            admission: admission, mapping: mapping, rhythm: rhythm, oauth: oauth.oauth, parameters: parameters,
            signsOut: signsOut, endsByRefusal: endsByRefusal)
    }

    private static func preset(_ section: ConfigurationSection) -> UpstreamPreset? {
        guard let value = section.value("preset") else { return nil }
        guard let preset = UpstreamPreset(rawValue: value.text) else {
            section.fault(
                "preset", value,
                "must be a provider that is known here: \(UpstreamPreset.names)."
                    + Nearest.question(value.text, among: UpstreamPreset.allCases.map(\.rawValue)))
            return nil
        }
        return preset
    }

    private static func name(_ section: ConfigurationSection, _ line: Int?) -> UpstreamName? {
        guard let value = section.value("name") else {
            section.fault("name", "is missing; the upstream sends users back to …/callback/NAME", orAt: line)
            return nil
        }
        guard value.text != SignInPlaces.here else {
            section.fault("name", value, "must be another word: apps mean a password of here by it (upstreams)")
            return nil
        }
        guard let name = UpstreamName(configured: value.text) else {
            section.fault(
                "name", value, "must be 1 to 64 lower-case letters, digits, and - . _, a letter or digit first")
            return nil
        }
        return name
    }

    private static func issuer(
        _ section: ConfigurationSection, _ line: Int?, _ preset: UpstreamPreset?, _ usual: UpstreamDefaults
    ) -> WebURI? {
        guard let value = section.value("issuer") else {
            guard let issuer = usual.issuer.flatMap(WebURI.init) else {
                let example = preset?.issuerExample.map { ", such as \($0)" } ?? ""
                section.fault(
                    "issuer", "is missing; it is the issuer in the upstream's discovery document\(example)", orAt: line)
                return nil
            }
            return issuer
        }
        let text = DiscoveryAddress.issuer(writtenAs: value.text)
        guard let uri = WebURI(text), !text.contains("?"), !text.contains("#") else {
            section.fault("issuer", value, "must be a URL without query and fragment, as the discovery document has it")
            return nil
        }
        if let objection = preset?.objection(toIssuer: uri) {
            section.fault("issuer", value, objection)
            return nil
        }
        return uri
    }

    private static func scope(
        _ section: ConfigurationSection, _ usual: UpstreamDefaults, isOAuth: Bool
    ) -> Scope? {
        let texts =
            section.values("scope")?.map(\.text) ?? [usual.scope ?? (isOAuth ? "" : UpstreamDefaults.openIDScope)]
        guard let scope = try? Scope(texts.joined(separator: " ")) else {
            section.fault("scope", "must be names of scopes, such as \(UpstreamDefaults.openIDScope)")
            return nil
        }
        guard scope.contains(Scope.openID) != isOAuth else {
            section.fault(
                "scope",
                isOAuth
                    ? "has openid, and endpoints are given by hand: whoever speaks OpenID Connect publishes them, so leave "
                        + "them out, or else openid"
                    : "must have openid, or the upstream says nothing of who has signed in; one that speaks OAuth alone "
                        + "needs authorization_endpoint, token_endpoint and userinfo_endpoint")
            return nil
        }
        return scope
    }

    private static func parameters(_ section: ConfigurationSection, _ usual: UpstreamDefaults) -> [String: String]? {
        guard let parameters = section.texts("authorization_parameters") else { return nil }
        for name in parameters.keys.sorted() where UpstreamRequest.ownParameters.contains(name) {
            section.fault("authorization_parameters", "has \(name), which each sign-in sets by itself; leave it out")
            return nil
        }
        return parameters.isEmpty ? usual.parameters : parameters
    }

    private static func rhythm(_ section: ConfigurationSection, _ usual: UpstreamDefaults) -> UpstreamRhythm? {
        var rhythm = UpstreamRhythm()
        rhythm.grace = section.duration("grace", in: 0...(30 * 86_400), default: rhythm.grace)
        rhythm.perSecond = section.integer("rechecks_per_second", in: 1...1000, default: rhythm.perSecond)
        if let value = section.value("recheck"), value.text == "never" { return nil }
        rhythm.interval = section.duration("recheck", in: 5...(30 * 86_400), default: usual.recheck)
        return rhythm
    }
}
