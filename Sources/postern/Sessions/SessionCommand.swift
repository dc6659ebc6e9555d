import ArgumentParser

struct SessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Look where a user is signed in, and end it.",
        discussion: "Apps that want to be told of the end of a session are told of it by the service.",
        subcommands: [SessionList.self, SessionEnd.self])
}
