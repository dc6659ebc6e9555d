import ArgumentParser
import Handlers
import OIDCLogic

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Hand out tokens by which apps register themselves (RFC 7591).",
        discussion: """
            An app that registers itself sends one as "Authorization: Bearer" to the registration endpoint. What it \
            registers is first-party: its users aren't asked for their consent, unless the token says --third-party.
            """,
        subcommands: [TokenIssue.self, TokenList.self, TokenRevoke.self])
}

/// How a token is told of.
enum TokenOutput {
    static func details(of token: InitialAccessToken) -> Details {
        let permit = token.permit
        var details = Details()
        details.add("id", token.id.value)
        details.add("note", token.note)
        details.add("registers", token.uses == 1 ? "one app" : "\(token.uses) apps")
        details.add("until", DisplayText.time(token.expiresAt.seconds))
        details.add("preset", permit.preset.rawValue)
        details.add("consent", permit.isFirstParty ? "not asked for (first-party)" : "asked for")
        if permit.needsApproval { details.add("its apps", "wait for an administrator's approval") }
        details.add("scope", permit.scope?.description ?? "the built-in scopes, and roles of the app's own")
        details.add(
            "grants", GrantType.allCases.filter(permit.grantTypes.contains).map(\.rawValue).joined(separator: ", "))
        details.add("redirects to", permit.redirectHosts.map(\.description))
        details.add("resource", permit.resources.map(\.value))
        return details
    }
}
