import ArgumentParser

struct ConsentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent", abstract: "Look what users have allowed an app to know, and withdraw it.",
        subcommands: [ConsentList.self, ConsentWithdraw.self])
}
