import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let tokenRoutes = [
        AdministrationRoute(
            .get, "registration-tokens", .readTokens, "List registration tokens, the newest first",
            query: ["after", "limit"], answer: (.ok, "RegistrationTokenList")
        ) { call in
            let size = try call.pageSize
            let found = try call.provider.store.initialAccessTokens(
                before: try call.position { $0.stringValue.map { InitialAccessTokenID($0) } }, limit: size + 1)
            let now = call.provider.now()
            let items = found.prefix(size)
            let next = found.count > size ? items.last.map { JSON.string($0.id.value) } : nil
            return .json(ListPage(items: items.map { $0.json(at: now) }, next: next).json)
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
        ])
        let permit = try RegistrationPermit(
            preset: try body.text("preset") ?? ClaimPreset.mendix.rawValue,
            isFirstParty: try body.flag("first_party") ?? true, scope: try body.text("scope"),
            grantTypes: try body.texts("grant_types") ?? [], redirectHosts: try body.texts("redirect_hosts") ?? [],
            resources: try body.texts("resources") ?? [])
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
