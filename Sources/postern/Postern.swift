import ArgumentParser
import Glibc
import Handlers

/// The administrator's command line.
struct Postern: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postern",
        abstract: "Administers Postern, an OpenID Connect provider behind nginx.",
        usage: "postern [--config FILE] <subcommand>",
        discussion: """
            --config FILE names the configuration, before or after the subcommand. Without it that is \
            $POSTERN_CONFIG, else ./postern.yaml, else \(ConfigurationOption.systemFile).

            A new installation: "postern init --issuer URL", then "postern check".
            """,
        version: "postern 0.1.0",
        subcommands: [
            InitCommand.self, CheckCommand.self, NginxCommand.self, PoolsCommand.self, UserCommand.self,
            GroupCommand.self, RoleCommand.self, ScopeCommand.self, ClientCommand.self, ClaimCommand.self,
            TokenCommand.self,
            ExplainCommand.self, KeyCommand.self, WhyCommand.self, AuditCommand.self,
        ])

    /// Runs the command and ends the process: 0 done, 1 not done, 64 not understood.
    static func run(_ arguments: some Sequence<String>) -> Never {
        do {
            var command = try parseAsRoot(CommandArguments.withConfigurationLast(arguments))
            try command.run()
            exit(withError: nil)
        } catch let failure {
            if let text = Failure.text(of: failure) {
                StandardError.write(text + "\n")
                Glibc.exit(1)
            }
            exit(withError: failure)
        }
    }
}
