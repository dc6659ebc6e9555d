import ArgumentParser
import Handlers

struct UpstreamSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change an identity provider that was added here.",
        discussion: "What isn't named stays. Its issuer stays while anybody is linked to it.")

    @Argument(help: "Its name.") var name: String
    @OptionGroup var members: UpstreamMemberOptions
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let patch = try members.patch()
        guard !patch.isEmpty else { throw ValidationError("Say what to change, such as --client-secret-stdin.") }
        let changed = try config.open().upstreams.change(name, by: patch)
        UpstreamOutput.print(changed, heading: "Changed the upstream", json: format.json)
    }
}
