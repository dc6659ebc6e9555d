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
            SessionCommand.self, AdminCommand.self,
            GroupCommand.self, RoleCommand.self, ScopeCommand.self, ClientCommand.self, GrantCommand.self,
            ConsentCommand.self, ClaimCommand.self,
            PlanCommand.self, ApplyCommand.self, ExportCommand.self, TokenCommand.self,
            ExplainCommand.self, UpstreamCommand.self, KeyCommand.self, WhyCommand.self, AuditCommand.self,
        ])

    /// Runs the command and ends the process: 0 done, 1 not done, 64 not understood.
    static func run(_ arguments: some Sequence<String>) -> Never {
        do {
            var command = try Self.command(Array(arguments))
            do {
                try command.run()
            } catch let error as ValidationError {
                // Thrown by the command itself, it would be explained by the usage of all of them.
                StandardError.write("Error: \(error.message)\nUsage: \(usageString(for: type(of: command)))\n")
                Glibc.exit(ExitCode.validationFailure.rawValue)
            }
            exit(withError: nil)
        } catch let failure {
            if let text = Failure.text(of: failure) {
                StandardError.write(text + "\n")
                Glibc.exit(1)
            }
            exit(withError: failure)
        }
    }

    /// What the words ask for.
    private static func command(_ words: [String]) throws -> any ParsableCommand {
        do {
            return try parseAsRoot(CommandArguments.withConfigurationLast(words))
        } catch let failure {
            let rest = CommandArguments.withoutConfiguration(words)
            guard rest.count < words.count else { throw failure }
            // "postern", "postern user" and a word that is no command don't have the option. What is wrong is said, or
            // help is given, as if it had not been there.
            let command = try parseAsRoot(rest)
            guard !type(of: command).configuration.subcommands.isEmpty else { throw failure }
            return command
        }
    }
}
