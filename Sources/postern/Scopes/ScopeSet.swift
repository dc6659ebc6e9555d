import ArgumentParser
import Handlers

struct ScopeSet: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Describe a scope anew.")

    @OptionGroup var scope: ScopeNameArgument
    @Option(help: ArgumentHelp("What people read on the consent page; \"\" takes it away.", valueName: "text"))
    var description: String
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let changed = try config.open().scopes.set(scope.name, description: description)
        ScopeOutput.print(changed, heading: "Changed the scope", json: format.json)
    }
}
