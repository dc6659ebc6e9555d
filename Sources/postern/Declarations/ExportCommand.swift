import ArgumentParser
import Handlers

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write what exists as files that declare it.",
        discussion: """
            Clients, scopes, roles, groups and claims; never a secret. Without a folder all is printed. With one, each app \
            gets a file there, and what is of all apps gets another; no file is written over.
            """)

    @Argument(help: "Where files are made, such as clients.d.") var folder: String?
    @Flag(help: "Only what no file declares yet.") var undeclared = false
    @OptionGroup var config: ConfigurationOption

    func run() throws {
        let export = try config.open().export(onlyUndeclared: undeclared)
        guard let folder else {
            print(export.text, terminator: "")
            return
        }
        let files = try export.write(to: folder)
        for file in files { print(DisplayText.safe(file)) }
        if files.isEmpty { print("There is nothing to export.") }
    }
}
