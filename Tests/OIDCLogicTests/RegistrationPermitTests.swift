import JOSE
import Testing

@testable import OIDCLogic

/// What may be registered without an administrator.
struct RegistrationPermitTests {
    private static let own = Role(RoleID("mine", of: ClientID("app")))
    private static let catalogue = ScopeCatalogue(
        scopes: [DefinedScope(ScopeName("reports"))],
        roles: [own, Role(RoleID("clerk")), Role(RoleID("mx:app:userrole:global"))], groups: [])

    private func metadata(_ change: [String: JSON]) throws -> ClientMetadata {
        let good: [String: JSON] = ["redirect_uris": ["https://app.example/callback"]]
        return try ClientMetadata(.object(good.merging(change) { _, new in new }))
    }

    private func fault(of metadata: ClientMetadata, _ permit: RegistrationPermit) -> ClientMetadataError? {
        do throws(ClientMetadataError) {
            try permit.check(metadata, of: ClientID("app"), in: Self.catalogue)
            return nil
        } catch {
            return error
        }
    }

    private func fault(
        of change: [String: JSON], _ permit: RegistrationPermit = RegistrationPermit(),
        formerly: [String: JSON]? = nil
    ) throws -> ClientMetadataError? {
        do throws(ClientMetadataError) {
            let former = formerly.map { change in try? metadata(change) } ?? nil
            guard let metadata = try? metadata(change) else { return nil }
            try permit.check(metadata, of: ClientID("app"), formerly: former, in: Self.catalogue)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["openid profile email address phone offline_access", "openid mine", "mx:app:userrole:of-the-app"])
    func `without a list, the built-in scopes and the app's own roles are permitted`(scope: String) throws {
        #expect(try fault(of: ["scope": .string(scope)]) == nil)
    }

    @Test(arguments: ["reports", "clerk", "unknown", "mx:app:userrole:global", "postern:admin", "postern:clients:read"])
    func `another scope is refused by its name`(name: String) throws {
        let fault = try #require(try fault(of: ["scope": .string("openid \(name)")]))
        #expect(fault.member == "scope" && fault.description.contains("\"\(name)\""))
    }

    @Test func `a list permits what it names, but never what opens Postern itself`() throws {
        let permit = RegistrationPermit(scope: Scope(names: ["openid", "clerk", "postern:admin"]))
        #expect(try fault(of: ["scope": "openid clerk"], permit) == nil)
        #expect(try fault(of: ["scope": "openid profile"], permit)?.member == "scope")
        #expect(try fault(of: ["scope": "postern:admin"], permit)?.member == "scope")
    }

    @Test func `what a client had before stays its own`() throws {
        let former: [String: JSON] = ["scope": "openid clerk", "groups_claim": "groups"]
        #expect(try fault(of: former, .open, formerly: former) == nil)
        #expect(try fault(of: ["scope": "openid clerk reports"], .open, formerly: former)?.member == "scope")
    }

    @Test func `client_credentials is for tokens that say so`() throws {
        let asked: [String: JSON] = ["grant_types": ["client_credentials"], "scope": "openid"]
        #expect(try fault(of: asked)?.member == "grant_types")
        #expect(try fault(of: asked, RegistrationPermit(grantTypes: [.clientCredentials])) == nil)
        #expect(try fault(of: [:], RegistrationPermit(grantTypes: [.clientCredentials]))?.member == "grant_types")
    }

    @Test(
        arguments: [
            ("https://app.example/callback", true), ("https://app.example:8443/callback", true),
            ("https://one.apps.example/", true), ("https://a.b.apps.example/", true),
            ("https://apps.example/", false), ("https://evilapps.example/", false),
            ("https://app.example.evil.example/", false), ("http://localhost/", false),
            ("https://evil.example%2f.apps.example/", false), ("https://evil.example%23.apps.example/", false),
            ("https://evil.example&.apps.example/", false), ("https://evil.example;.apps.example/", false),
            ("https://.apps.example/", false), ("https://a..apps.example/", false),
            ("https://app.example./callback", false),
        ])
    func `hosts bind where users are sent`(uri: String, isPermitted: Bool) throws {
        let hosts = ["app.example", "*.apps.example"].compactMap(RedirectHost.init)
        let permit = RegistrationPermit(redirectHosts: hosts)
        // Whatever the rules of redirect URIs let through.
        var (metadata, after) = (try ClientMetadata.fixture(), try ClientMetadata.fixture())
        metadata.redirectURIs = [RedirectURI(stored: uri)]
        after.postLogoutRedirectURIs = [RedirectURI(stored: uri)]
        let fault = fault(of: metadata, permit)
        #expect((fault == nil) == isPermitted)
        #expect(isPermitted || fault?.code == .invalidRedirectURI)
        #expect((self.fault(of: after, permit) == nil) == isPermitted)
    }

    @Test(arguments: ["initiate_login_uri", "client_uri", "client_uri#de"])
    func `hosts bind where "start again" leads`(member: String) throws {
        let permit = RegistrationPermit(redirectHosts: ["app.example", "*.apps.example"].compactMap(RedirectHost.init))
        #expect(try fault(of: [member: "https://a.apps.example/x"], permit) == nil)
        let elsewhere: [String: JSON] = [member: "https://evil.example/"]
        #expect(try fault(of: elsewhere, permit)?.member == member)
        #expect(try fault(of: elsewhere, permit, formerly: elsewhere) == nil)
        #expect(try fault(of: elsewhere) == nil)
    }

    @Test func `an app that becomes a service takes along nothing that it was given for its users`() throws {
        let permit = RegistrationPermit(grantTypes: [.authorizationCode, .clientCredentials])
        let former: [String: JSON] = ["scope": "openid postern:users:read"]
        let service = former.merging(["grant_types": ["authorization_code", "client_credentials"]]) { _, new in new }
        #expect(try fault(of: former, permit, formerly: former) == nil)
        #expect(try fault(of: service, permit, formerly: former)?.member == "scope")
        #expect(try fault(of: service, permit, formerly: service) == nil)
    }

    @Test func `a scheme of a native app has no host that could be permitted`() throws {
        let permit = RegistrationPermit(redirectHosts: [try #require(RedirectHost("app.example"))])
        let asked: [String: JSON] = ["redirect_uris": ["com.example.app:/x"], "application_type": "native"]
        #expect(try fault(of: asked, permit)?.member == "redirect_uris")
    }

    @Test(arguments: [
        "", "*", "*.", "*.example", "App.example", "app.example/", "a b", ".example", "https://a.example",
    ])
    func `what is no host is none`(text: String) { #expect(RedirectHost(text) == nil) }

    @Test(arguments: ["resources", "served_resources"])
    func `resources are for tokens that name them`(member: String) throws {
        let asked: [String: JSON] = [member: ["https://api.example/"]]
        #expect(try fault(of: asked)?.member == member)
        let resource = try #require(ResourceIndicator("https://api.example/"))
        #expect(try fault(of: asked, RegistrationPermit(resources: [resource])) == nil)
    }

    @Test func `groups are told to apps that an administrator let in`() throws {
        #expect(try fault(of: ["groups_claim": "groups"]) == nil)
        #expect(try fault(of: ["groups_claim": "groups"], .open)?.member == "groups_claim")
    }

    @Test func `a permit that was stored is read as it was, and one that is broken is none`() throws {
        let permit = RegistrationPermit(
            preset: .standard, isFirstParty: false, scope: Scope(names: ["openid"]), grantTypes: [.clientCredentials],
            redirectHosts: ["*.apps.example"].compactMap(RedirectHost.init),
            resources: ["https://api.example/"].compactMap(ResourceIndicator.init))
        #expect(RegistrationPermit(stored: permit.json) == permit)
        #expect(RegistrationPermit(stored: RegistrationPermit.open.json) == .open)
        for broken in ["grant_types", "redirect_hosts"] {
            var members = try #require(permit.json.objectValue)
            members[broken] = ["what nobody wrote"]
            #expect(RegistrationPermit(stored: .object(members)) == nil)
        }
        #expect(RegistrationPermit(stored: [:]) == nil)
    }
}
