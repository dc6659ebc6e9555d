import ArgumentParser
import Handlers

struct ClaimSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a claim.",
        discussion: "What isn't named stays. A claim's name and its client can't be changed; define another.")

    @OptionGroup var claim: ClaimArgument
    @OptionGroup var source: ClaimSourceOptions
    @OptionGroup var release: ClaimReleaseOptions
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        var change = ClaimChange()
        try source.apply(to: &change)
        release.apply(to: &change)
        guard !change.isEmpty else { throw ValidationError("Say what to change, such as --scope SCOPE.") }
        let claims = try config.open().claims
        let changed = try claims.set(claim.name, of: claim.client, change)
        ClaimOutput.print(changed, heading: "Changed the claim", json: format.json)
        ClaimOutput.warn(try claims.warnings(about: changed))
    }
}
