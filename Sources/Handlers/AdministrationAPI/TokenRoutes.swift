import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let tokenRoutes = [
        AdministrationRoute(
            .get, "registration-tokens", .readTokens, "List registration tokens, the newest first",
            query: ["after", "limit"], answer: (.ok, "RegistrationTokenList")
        ) { call in
            let before = try call.position { $0.stringValue.map { InitialAccessTokenID($0) } }
            let now = call.provider.now()
            return try call.page(position: { .string($0.id.value) }, show: { $0.json(at: now) }) { limit in
                try call.provider.store.initialAccessTokens(before: before, limit: limit)
            }
        },
        AdministrationRoute(
            .post, "registration-tokens", .writeTokens, "Make a token by which apps register themselves",
            body: "NewRegistrationToken", answer: (.created, "RegistrationTokenWithText"), respond: issue),
        AdministrationRoute(
            .delete, "registration-tokens/{token_id}", .writeTokens,
            "Withdraw a registration token; what it registered stays", answer: (.noContent, nil)
        ) { call in
            try call.administration.tokens.revoke(call["token_id"])
            return .nothing
        },
    ]

    private static func issue(_ call: AdministrationCall) throws -> Response {
        let body = try call.body([
            "uses", "lifetime", "preset", "first_party", "scope", "grant_types", "redirect_hosts", "resources", "note",
            "needs_approval",
        ])
        let permit = try RegistrationPermit(
            preset: try body.text("preset") ?? ClaimPreset.mendix.rawValue,
            isFirstParty: try body.flag("first_party") ?? true, scope: try body.text("scope"),
            grantTypes: try body.texts("grant_types") ?? [], redirectHosts: try body.texts("redirect_hosts") ?? [],
            resources: try body.texts("resources") ?? [], needsApproval: try body.flag("needs_approval") ?? false)
        let uses = try body.integer("uses") ?? 1
        let (token, text) = try call.administration.tokens.issue(
            permit, uses: Int(clamping: uses),
            lifetime: try body.integer("lifetime") ?? InitialAccessTokenAdministration.lifetime,
            note: try body.text("note"))
        var members = token.json(at: call.provider.now()).objectValue ?? [:]
        members["token"] = .string(text.text)
        members["registration_endpoint"] = .string(call.provider.issuer.endpoint("register"))
        return .json(.object(members), status: .created)
    }
}
