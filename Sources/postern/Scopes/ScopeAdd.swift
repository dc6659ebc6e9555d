import ArgumentParser
import Handlers

struct ScopeAdd: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Define a scope.")

    @OptionGroup var scope: ScopeNameArgument
    @Option(help: ArgumentHelp("What people read on the consent page.", valueName: "text")) var description: String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let added = try config.open().scopes.add(scope.name, description: description)
        ScopeOutput.print(added, heading: "Defined the scope", json: format.json)
    }
}
