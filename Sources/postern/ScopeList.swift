import ArgumentParser
import Handlers

struct ScopeList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the scopes that were defined, by name.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let scopes = try config.open().scopes.scopes()
        guard !format.json else {
            print(Listing.json(scopes.map(\.json)).readableText)
            return
        }
        var table = Table("SCOPE", "DESCRIPTION")
        for scope in scopes { table.add(scope.name.value, scope.description ?? "") }
        table.print(empty: "There are none beside the built-in ones; define one with \"postern scope add NAME\".")
    }
}
