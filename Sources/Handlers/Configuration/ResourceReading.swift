import JOSE
import OIDCLogic

/// Reads the section `resources`: what access tokens for a resource are to be like (RFC 8707).
enum ResourceReading {
    static func resources(_ root: ConfigurationSection) -> ResourceServers {
        let section = root.section("resources")
        var servers: [ResourceIndicator: ResourceServer] = [:]
        for (name, _) in section.names {
            let settings = section.section(name, manual: "URI")
            let server = server(settings)
            guard let resource = ResourceIndicator(name) else {
                section.fault(name, "is no absolute URI without a fragment, such as https://api.example.com/")
                continue
            }
            servers[resource] = server
        }
        return ResourceServers(servers)
    }

    private static func server(_ settings: ConfigurationSection) -> ResourceServer {
        defer { settings.refuseUnknown() }
        let lifetime = settings.duration("access_token", in: 0...(30 * 86_400), default: 0)
        let names = SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
        let algorithm: SignatureAlgorithm? = settings.value(
            "signing_alg", default: nil, expected: "must be one of \(names)"
        ) { text in
            SignatureAlgorithm(rawValue: text)
        }
        return ResourceServer(accessTokenLifetime: lifetime == 0 ? nil : lifetime, signingAlgorithm: algorithm)
    }
}
