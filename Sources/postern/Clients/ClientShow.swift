import ArgumentParser
import Handlers

struct ClientShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one app.",
        discussion: "The secret isn't shown; \"client set --new-secret\" makes a new one.")

    @OptionGroup var client: ClientIDArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let found = try installation.clients.client(client.id)
        ClientOutput.print(
            RegisteredClient(client: found, secret: nil), issuer: installation.configuration.issuer, heading: "The app",
            json: format.json, files: try installation.declaringFiles())
        ClientOutput.warn(try installation.scopes.warnings(about: found))
    }
}
