import ArgumentParser
import Handlers

struct ClaimAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Define a claim.",
        discussion: """
            A name is taken as it is written, dots included. One that begins with / is a path into nested objects: \
            /resource_access/app/roles. A client's own claim goes before one of the same name for all.
            """)

    @Argument(help: "The claim's name.") var name: String
    @OptionGroup var source: ClaimSourceOptions
    @Option(name: .customLong("client"), help: ArgumentHelp("For this client alone.", valueName: "id")) var client:
        String?
    @OptionGroup var release: ClaimReleaseOptions
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        var change = ClaimChange()
        try source.apply(to: &change)
        guard change.source != nil else {
            throw ValidationError("Give one of --value JSON, --attribute NAME and --expression TEXT.")
        }
        release.apply(to: &change)
        let claims = try config.open().claims
        let made = try claims.add(name, for: client, change)
        ClaimOutput.print(made, heading: "Defined the claim", json: format.json)
        ClaimOutput.warn(try claims.warnings(about: made))
    }
}
