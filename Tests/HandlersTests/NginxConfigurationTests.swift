import FoundationEssentials
import OIDCLogic
import Testing

@testable import Handlers

@Suite struct NginxConfigurationTests {
    static let files: [(String, @Sendable (NginxConfiguration) -> String)] = [
        ("postern-http.conf", \.http), ("postern-locations.conf", \.locations), ("postern-fastcgi.conf", \.fastcgi),
        ("example-server.conf", \.server),
    ]

    private func configuration(
        _ issuer: String = "https://login.example.com/oidc", socket: String = "/run/all.sock",
        handlers: [HandlerName] = HandlerName.allCases, staticDirectory: String = "/srv/static"
    ) throws -> NginxConfiguration {
        try NginxConfiguration(
            issuer: Issuer(issuer),
            pools: [Pool(name: "all", handlers: handlers, processes: 1, threads: 1, socket: socket)],
            staticDirectory: staticDirectory)
    }

    /// `POSTERN_WRITE_NGINX=1 swift test --filter NginxConfigurationTests` writes them again after a change.
    @Test(arguments: files)
    func `what is checked in is what is printed`(name: String, text: @Sendable (NginxConfiguration) -> String) throws {
        let file = URL(filePath: #filePath).appending(path: "../../../nginx/\(name)").standardized
        let printed = text(try .example())
        if ProcessInfo.processInfo.environment["POSTERN_WRITE_NGINX"] != nil {
            try Data(printed.utf8).write(to: file)
        }
        let checkedIn = try Data(contentsOf: file)
        #expect(checkedIn == Data(printed.utf8), "nginx/\(name) is not what `postern nginx` prints")
    }

    @Test
    func `an endpoint whose handler no pool serves has no location`() throws {
        let locations = try configuration(handlers: [.token]).locations
        #expect(locations.contains("location = /oidc/token {"))
        #expect(!locations.contains("authorize"))
    }

    @Test
    func `an issuer at the root of its host has no base path`() throws {
        let configuration = try configuration("https://login.example.com")
        #expect(configuration.locations.contains("location ^~ / {"))
        #expect(configuration.locations.contains("location = /authorize "))
        #expect(configuration.locations.contains("sub_filter '\"/oidc/static/' '\"/static/';"))
        #expect(!configuration.server.contains("location / {"))
    }

    @Test
    func `an http issuer is served on loopback only`() throws {
        let server = try configuration("http://localhost:8080/oidc").server
        #expect(server.contains("listen 127.0.0.1:8080;"))
        #expect(!server.contains("ssl"))
    }

    @Test
    func `a path with a blank is one word`() throws {
        let http = try configuration(socket: "/srv/my files/all.sock").http
        #expect(http.contains("server \"unix:/srv/my files/all.sock\";"))
    }

    @Test(arguments: ["/srv/$host", "/srv/a\"; include /etc/passwd; #", "/srv/a\\", "/srv/a\nb", "relative"])
    func `a path that nginx would read as something else is refused`(path: String) {
        #expect(throws: NginxFault.path(path)) { try configuration(staticDirectory: path) }
    }

    @Test
    func `a socket path that the system would cut short is refused`() {
        let socket = "/" + String(repeating: "a", count: 107)
        #expect(throws: NginxFault.socketTooLong(socket)) { try configuration(socket: socket) }
    }
}
