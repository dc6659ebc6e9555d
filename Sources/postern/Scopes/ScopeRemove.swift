import ArgumentParser
import Handlers

struct ScopeRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a scope. Nobody is granted it any more.")

    @OptionGroup var scope: ScopeNameArgument
    @Flag(help: "Don't ask at a terminal.") var yes = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let scopes = try config.open().scopes
        let name = DisplayText.safe(try scopes.scope(scope.name).name.value)
        try Confirmation.require("Remove the scope \(name)? (yes/no)", given: yes)
        let removed = try scopes.remove(scope.name)
        if format.json { print(removed.json.readableText) } else { print("Removed the scope \(name).") }
    }
}
