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
        for text in web where text.contains("client_id=") || text.contains("clientId:") {
            #expect(text.contains(#""a'b\"$(x)\\""#), "\(text)")
        }
    }

    @Test func `a public app is told of no secret`() throws {
        let all = try recipes([
            "client_id": "app", "redirect_uris": ["https://app.example/"], "scope": "openid",
            "token_endpoint_auth_method": "none",
        ])
        for text in all where !text.hasPrefix("oauth2-proxy") { #expect(!text.contains("SECRET"), "\(text)") }
    }
}
