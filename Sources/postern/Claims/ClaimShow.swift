import ArgumentParser
import Handlers

struct ClaimShow: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one claim.")

    @OptionGroup var claim: ClaimArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let claims = installation.claims
        let found = try claims.claim(claim.name, of: claim.client)
        ClaimOutput.print(found, heading: "The claim", json: format.json, files: try installation.declaringFiles())
        ClaimOutput.warn(try claims.warnings(about: found))
    }
}
