import ArgumentParser
import Handlers
import OIDCLogic

struct ScopeList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the scopes that were defined, by name.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let scopes = try installation.scopes.scopes()
        let files = try installation.declaringFiles()
        guard !format.json else {
            print(Listing.json(scopes.map { files.mark($0.json, .scope($0.name)) }).readableText)
            return
        }
        var table = Table("SCOPE", "DESCRIPTION", "DECLARED IN")
        for scope in scopes {
            table.add(scope.name.value, scope.description ?? "", files[.scope(scope.name)] ?? "")
        }
        table.print(empty: "There are none beside the built-in ones; define one with \"postern scope add NAME\".")
    }
}
