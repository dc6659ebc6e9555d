import ArgumentParser
import Handlers

struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make what is there as files declare it.",
        discussion: """
            Does what "plan" shows: all of it, or, if anything can't be done, nothing. It takes effect at the next request. \
            What was made by command or by the API is never changed.
            """)

    @OptionGroup var declarations: DeclarationOptionGroup
    @Flag(help: "Don't ask at a terminal before something is removed.") var yes = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let plan = try config.openDeclared().apply(declarations.options) { plan in
            let count = plan.count(.remove)
            guard count > 0, !yes, StandardInput.isTerminal else { return }
            PlanOutput(plan, wasApplied: false).print()
            try Confirmation.require("Apply this, and remove \(count) for good? (yes/no)", given: yes)
        }
        if format.json {
            print(plan.json(showingSecrets: true).readableText)
        } else {
            PlanOutput(plan, wasApplied: true).print()
        }
        PlanOutput.warn(plan)
    }
}
