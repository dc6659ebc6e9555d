import JOSE
import OIDCLogic

/// Reads the list `upstreams`, and from the section `login` how people come to them.
struct UpstreamReading {
    private(set) var settings = UpstreamSettings()

    init(_ root: ConfigurationSection, login: ConfigurationSection, folder: String) {
        guard let expressions = try? UpstreamExpressions() else {
            root.fault("upstreams", "can't be read: there is no memory for their expressions")
            return
        }
        var files: [UpstreamName: String] = [:]
        var names: Set<UpstreamName> = []
        var issuers: [String: UpstreamName] = [:]
        var members: [UpstreamName: [String: JSON]] = [:]
        let upstreams = root.items("upstreams") { section, line -> Upstream? in
            defer { section.refuseUnknown() }
            let file = section.optionalPath("client_secret_file", in: folder)
            guard let upstream = UpstreamItemReading(section, line, expressions).upstream else { return nil }
            switch (file, upstream.authentication) {
            case (nil, .privateKeyJWT): break
            case (_?, .privateKeyJWT):
                section.fault(
                    "client_secret_file",
                    "is of no use with private_key_jwt, which proves us by keys of ours; leave it out")
                return nil
            case (nil, _):
                section.fault(
                    "client_secret_file",
                    "is missing; it names a file, readable by its owner alone, with the secret that the upstream gave us",
                    orAt: line)
                return nil
            case (let file?, _): files[upstream.name] = file
            }
            if !names.insert(upstream.name).inserted {
                section.fault("name", "is \"\(upstream.name)\", as another upstream's; each needs one of its own")
            }
            if let other = issuers.updateValue(upstream.name, forKey: upstream.issuer.value) {
                section.fault(
                    "issuer",
                    "is \(upstream.issuer.value), as that of \"\(other)\"; people are linked by it, so let one have it")
            }
            members[upstream.name] = section.contents
            return upstream
        }
        settings.members = members
        settings.file = root.file
        settings.secretFiles = files
        let hasPassword = Self.hasPassword(login)
        let place = login.value("upstream")
        let isLocal = place?.text == SignInPlaces.here
        if isLocal, let place, !hasPassword {
            login.fault(
                "upstream", place,
                "must be an upstream where login.password is false; \(SignInPlaces.here) is a password here")
        }
        settings.options = SignInOptions(
            upstreams: upstreams, hasPassword: hasPassword,
            admitsAdministrators: login.value(
                "administrators", default: true, expected: "must be true or false"
            ) { Bool($0) }, straight: isLocal ? nil : Self.straight(login), isLocal: isLocal)
    }

    private static func hasPassword(_ login: ConfigurationSection) -> Bool {
        login.value("password", default: true, expected: "must be true or false") { Bool($0) }
    }

    /// One that was added in the console is known to the store alone; `check` looks there.
    private static func straight(_ login: ConfigurationSection) -> UpstreamName? {
        guard let value = login.value("upstream") else { return nil }
        guard let name = UpstreamName(configured: value.text) else {
            login.fault(
                "upstream", value, "must be the name of an upstream, or \(SignInPlaces.here) for a password here")
            return nil
        }
        return name
    }
}
