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
            print(check.json.readableText)
        } else {
            let width = check.findings.map(\.subject.count).max() ?? 0
            for finding in check.findings {
                let gap = String(repeating: " ", count: width - finding.subject.count + 2)
                let text = DisplayText.safe(finding.text)
                switch finding.status {
                case .ok: print("ok       \(finding.subject)\(gap)\(text)")
                case .warning: print("\(Terminal.bold("warning"))  \(finding.subject)\(gap)\(text)")
                case .fault: print("\(Terminal.bold("FAULT"))    \(finding.subject)\(gap)\(text)")
                }
            }
        }
        if check.hasFault { throw ExitCode(1) }
    }
}
