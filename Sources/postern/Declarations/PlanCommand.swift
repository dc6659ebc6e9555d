import ArgumentParser
import Handlers

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what \"apply\" would do.",
        discussion: """
            Compares what postern.yaml and clients.d declare (clients, scopes, roles, groups and claims) with what is \
            there, and changes nothing. Ends with 0 if there is nothing to do, with 2 if there is, and with 1 if it can't be \
            done.
            """)

    @OptionGroup var declarations: DeclarationOptionGroup
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let plan = try config.openDeclared().plan(declarations.options)
        if format.json {
            print(plan.json(showingSecrets: false).readableText)
        } else {
            PlanOutput(plan, wasApplied: false).print()
        }
        PlanOutput.warn(plan)
        if !plan.isEmpty { throw ExitCode(2) }
    }
}
