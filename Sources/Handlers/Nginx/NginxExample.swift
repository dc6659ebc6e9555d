import OIDCLogic

extension NginxConfiguration {
    /// What the files under `nginx/` are made for: an installation by `scripts/install`, with an issuer to be replaced.
    package static func example() throws -> NginxConfiguration {
        try NginxConfiguration(
            issuer: Issuer("https://login.example.com/oidc"),
            pools: DefaultPool.needed(withUpstreams: false).map { pool in
                pool.pool(in: "/var/lib/postern", among: DefaultPool.needed(withUpstreams: false))
            },
            staticDirectory: "/usr/local/share/postern/nginx/static")
    }
}
