import ArgumentParser
import Handlers

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Look at the signing keys, make more, change and end them.",
        discussion: """
            Keys change by themselves, every 90 days unless keys.rotate_after says otherwise: a pool that holds signing.key \
            publishes the next one, and lets it sign when everybody can have it.
            """,
        subcommands: [KeyList.self, KeyAdd.self, KeyRotate.self, KeyRevoke.self])
}
