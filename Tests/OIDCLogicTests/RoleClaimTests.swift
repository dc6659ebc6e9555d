import JOSE
import Testing

@testable import OIDCLogic

/// The claims `roles_claim` and `groups_claim` of a client.
struct RoleClaimTests {
    private static let catalogue = ScopeCatalogue(
        scopes: [], roles: [Role(RoleID("clerk")), Role(RoleID("editor", of: ClientID("app")))], groups: [])

    private func release(
        _ metadata: [String: JSON], preset: ClaimPreset = .standard, isFirstParty: Bool = true
    ) throws -> ClaimRelease {
        var client = try Client.fixture(
            metadata: metadata.merging(["scope": "openid email clerk editor"]) { old, _ in old }, preset: preset)
        client.isFirstParty = isFirstParty
        var user = User.fixture()
        user.groups = [GroupName("staff"), GroupName("Zoë's team")]
        let grant = Grant(
            id: GrantID("grant"), clientID: client.id,
            authentication: AuthenticationContext(.fixture(of: user), for: client.id),
            request: SignInRequest(address: "192.0.2.1", at: .noon), scope: try Scope("openid editor email clerk"),
            createdAt: .noon, expiresAt: .noon + 60)
        return ClaimRelease(
            ClaimSubject(
                try LiveGrant(grant, client: client, user: user, subjects: .fixture(client)), in: Self.catalogue))
    }

    @Test(arguments: ClaimDestination.allCases, ClaimPreset.allCases)
    func `granted roles and groups are arrays, wherever claims are read`(
        destination: ClaimDestination, preset: ClaimPreset
    ) throws {
        let claims = try release(
            ["roles_claim": "roles", "groups_claim": "https://app.example/groups"], preset: preset
        )
        .claims(for: destination)
        #expect(claims["roles"] == ["editor", "clerk"])
        #expect(claims["https://app.example/groups"] == ["Zoë's team", "staff"])
    }

    // Nobody could consent to it: no scope stands for groups.
    @Test(arguments: ClaimDestination.allCases)
    func `an app that asks for consent is told no groups`(destination: ClaimDestination) throws {
        let metadata: [String: JSON] = ["roles_claim": "roles", "groups_claim": "groups"]
        let claims = try release(metadata, isFirstParty: false).claims(for: destination)
        #expect(claims["roles"] == ["editor", "clerk"], "roles are scopes, and these were consented to")
        #expect(claims["groups"] == nil)
    }

    @Test(arguments: ClaimDestination.allCases)
    func `a client that names no claim gets none`(destination: ClaimDestination) throws {
        let claims = try release([:]).claims(for: destination)
        #expect(claims["roles"] == nil && claims["groups"] == nil)
    }
}
