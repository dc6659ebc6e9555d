import ArgumentParser
import Handlers

struct AdminCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Let administrators in.", subcommands: [AdminLink.self])
}
