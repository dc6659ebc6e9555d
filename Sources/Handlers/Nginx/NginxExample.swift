extension NginxConfiguration {
    /// What the files under `nginx/` are made for: an installation as packaged, with an issuer to be replaced.
    package static func example() throws(NginxFault) -> NginxConfiguration {
        try NginxConfiguration(
            issuer: "https://login.example.com/oidc",
            pools: [
                Pool(
                    name: "fast", socket: "/run/postern/fast.sock",
                    handlers: ["discovery", "jwks", "authorize", "consent", "token", "userinfo", "health"]),
                Pool(name: "slow", socket: "/run/postern/slow.sock", handlers: ["login"]),
            ],
            staticDirectory: "/usr/share/postern/nginx/static")
    }
}
