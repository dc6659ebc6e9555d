import ArgumentParser
import Handlers

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Look at the signing keys, and make more.",
        subcommands: [KeyList.self, KeyAdd.self])
}
