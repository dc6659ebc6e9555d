import ArgumentParser
import Handlers
import JOSE

struct UpstreamTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Ask an upstream whether people can sign in at it, and say what to enter there.",
        discussion: "Ends with 0 if they can, with 1 if something is in their way.")

    @Argument(help: "Its name.") var name: String
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let test = try config.open().upstreams.test(name)
        if format.json {
            print(test.json.readableText)
        } else {
            test.findings.print()
            UpstreamOutput.print(test.registration)
        }
        if test.hasFault { throw ExitCode(1) }
    }
}
