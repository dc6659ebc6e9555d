import ArgumentParser
import Handlers

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look at the configuration and all that it names.",
        discussion: "Ends with 0 if all will work, with 1 if something won't.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let check = InstallationCheck(configuration: config.path, environment: config.environment)
        if format.json {
            print(check.findings.json.readableText)
        } else {
            check.findings.print()
        }
        if check.hasFault { throw ExitCode(1) }
    }
}
