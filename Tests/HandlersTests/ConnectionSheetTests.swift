import JOSE
import OIDCLogic
import Testing

@testable import Handlers

struct ConnectionSheetTests {
    private func recipes(_ members: [String: JSON]) throws -> [String] {
        let sheet = ConnectionSheet(.object(members), issuer: try Issuer("https://login.example/oidc"))
        return sheet.blocks.compactMap { if case .code(let text) = $0.content { text } else { nil } }
    }

    @Test func `an id that an app has chosen can't leave the quotes that it stands in`() throws {
        let id = #"a'b"$(x)\"#
        let web = try recipes([
            "client_id": .string(id), "redirect_uris": ["https://app.example/?a=$(x)&b='"], "scope": "openid `x`",
        ])
        let service = try recipes(["client_id": .string(id), "redirect_uris": [], "scope": ""])
        #expect(web.count == 6 && service.count == 1)
        let shell = try #require(web.last { $0.hasPrefix("oauth2-proxy") })
        #expect(shell.contains(#"--client-id='a'\''b"$(x)\'"#) && shell.contains("--scope='openid `x`'"))
        #expect(shell.contains(#"--redirect-url='https://app.example/?a=$(x)&b='\'''"#))
        #expect(service[0].contains(#"-u 'a'\''b"$(x)\':"$SECRET""#))
        let quoting = web.filter { text in
            ["client_id=", "clientId:", "OIDCClientID", "client-id:"].contains(where: text.contains)
        }
        #expect(quoting.count == 4)
        for text in quoting {
            #expect(text.contains(#""a'b\"$(x)\\""#), "\(text)")
        }
    }

    @Test func `a public app is told of no secret`() throws {
        let all = try recipes([
            "client_id": "app", "redirect_uris": ["https://app.example/"], "scope": "openid",
            "token_endpoint_auth_method": "none",
        ])
        #expect(all.count == 5, "oauth2-proxy needs one")
        for text in all { #expect(!text.contains("SECRET"), "\(text)") }
        #expect(all.contains { $0.contains("client-authentication-method: none") })
    }

    @Test func `an app that proves who it is by one method alone is told of it`() throws {
        let all = try recipes([
            "client_id": "app", "redirect_uris": ["https://app.example/"], "scope": "openid",
            "token_endpoint_auth_method": "client_secret_post",
        ])
        for text in all where !text.hasPrefix("oauth2-proxy") {
            #expect(text.contains("client_secret_post"), "\(text)")
        }
        let either = try recipes([
            "client_id": "app", "redirect_uris": ["https://app.example/"], "scope": "openid",
        ])
        #expect(either.allSatisfy { !$0.contains("EndpointAuth") && !$0.contains("authentication-method") })
        #expect(
            either[1] == """
                oauth.register(
                    "postern",
                    client_id="app",
                    client_secret="SECRET",
                    server_metadata_url="https://login.example/oidc/.well-known/openid-configuration",
                    client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
                )
                """)
    }

    @Test func `oauth2-proxy is given all that it doesn't start without`() throws {
        let proxy = try #require(
            try recipes(["client_id": "app", "redirect_uris": ["https://app.example/"], "scope": "openid"]).last)
        for option in ["--client-secret=", "--cookie-secret=", "--email-domain=", "--upstream="] {
            #expect(proxy.contains(option))
        }
    }
}
