import ArgumentParser
import Handlers

struct UpstreamShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an upstream, and how it goes with it.")

    @Argument(help: "Its name.") var name: String
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        UpstreamOutput.print(
            try config.open().upstreams.upstream(name), heading: "The upstream", json: format.json)
    }
}
