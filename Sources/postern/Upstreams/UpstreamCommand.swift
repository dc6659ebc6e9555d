import ArgumentParser

struct UpstreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upstream", abstract: "Look at the identity providers that people sign in at.",
        discussion: "They are added in postern.yaml, as docs/broker.md says.",
        subcommands: [UpstreamList.self, UpstreamTestCommand.self])
}
