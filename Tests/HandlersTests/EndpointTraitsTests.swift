import JOSE
import OIDCLogic
import Testing

@testable import Handlers

/// The table of the endpoints, against what else says the same.
@Suite struct EndpointTraitsTests {
    @Test(
        arguments: [
            ("authorization_endpoint", .authorize), ("token_endpoint", .token), ("userinfo_endpoint", .userinfo),
            ("jwks_uri", .jwks), ("registration_endpoint", .register),
        ] as [(String, HandlerName)])
    func `apps are told the path that nginx serves`(member: String, name: HandlerName) throws {
        let issuer = try Issuer("https://login.example/oidc")
        #expect(
            ProviderMetadata(issuer: issuer, languages: ["en"]).json[member] == .string(issuer.value + name.traits.path)
        )
    }

    @Test func `no two endpoints have one path`() {
        #expect(Set(HandlerName.allCases.map(\.traits.path)).count == HandlerName.allCases.count)
    }

    @Test func `nginx lets no body through that every endpoint would refuse, nor stops one that an endpoint takes`()
        throws
    {
        let largest = HandlerName.allCases.map(\.traits.bodyLimit).max() ?? 0
        #expect(largest <= 64 * 1024)
        #expect(try NginxConfiguration.example().locations.contains("client_max_body_size 64k;"))
    }

    @Test func `only what signs is given keys, and what is slow or rare is not among the fast`() {
        #expect(HandlerName.allCases.filter(\.signs) == [.token, .userinfo])
        #expect(
            HandlerName.allCases.filter { $0.traits.pool == .slow } == [
                .login, .logo, .register, .clientConfiguration, .administration, .console, .account,
            ])
    }
}
