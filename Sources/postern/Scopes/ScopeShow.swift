import ArgumentParser
import Handlers

struct ScopeShow: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one scope.")

    @OptionGroup var scope: ScopeNameArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let found = try installation.scopes.scope(scope.name)
        ScopeOutput.print(found, heading: "The scope", json: format.json, files: try installation.declaringFiles())
    }
}
