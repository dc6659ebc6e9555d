import OIDCLogic

extension NginxConfiguration {
    /// What the files under `nginx/` are made for: an installation by `scripts/install`, with an issuer to be replaced.
    package static func example() throws -> NginxConfiguration {
        try NginxConfiguration(
            issuer: Issuer("https://login.example.com/oidc"),
            pools: DefaultPool.needed(withUpstreams: false).map { $0.pool(in: "/var/lib/postern") },
            staticDirectory: "/usr/local/share/postern/nginx/static")
    }
}
