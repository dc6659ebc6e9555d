import ArgumentParser

struct GrantCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "Look what an app was granted and still holds, and revoke it.",
        subcommands: [GrantList.self, GrantRevoke.self])
}
