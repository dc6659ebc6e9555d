import ArgumentParser
import Handlers
import JOSE

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a configuration, keys and a database.",
        discussion: """
            They are made in the folder of --config (./postern.yaml without it). What is there already stays as it is, \
            so this can be run again. Run it as the user that the service will run as.
            """)

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption
    @Option(
        help: ArgumentHelp(
            "The URL that apps will know this service by, such as https://login.example.com/oidc.", valueName: "url"))
    var issuer: String?
    @Option(
        help: ArgumentHelp(
            "Make the first administrator, and print a link by which they choose a password.", valueName: "name"))
    var admin: String?

    func run() throws {
        // Without a name it is made here, not where the system has one.
        let path =
            config.file ?? config.environment["POSTERN_CONFIG"].flatMap { $0.isEmpty ? nil : $0 } ?? "postern.yaml"
        let made = try Initialization(configuration: path, issuer: issuer, environment: config.environment)
        let link = try admin.map { try AdministratorSetup.link(for: $0, in: made, environment: config.environment) }
        if format.json {
            var members = made.json.objectValue ?? [:]
            members["admin_link"] = link.map(JSON.string)
            print(JSON.object(members).readableText)
            return
        }
        var details = Details()
        for step in made.steps {
            details.add(step.name, step.detail + (step.wasMade ? "" : "  (was there, unchanged)"))
        }
        let isNew = made.steps.contains(where: \.wasMade)
        print(
            isNew ? "Made an installation for \(made.configuration.issuer)\n" : "Nothing to do: everything is there.\n")
        details.print()
        if let admin, let link {
            print("\nFor \(DisplayText.safe(admin)) to choose a password, once, within 15 minutes of now:\n  \(link)")
        }
        guard isNew else { return }
        if issuer == nil, made.configuration.issuer.value == Initialization.trialIssuer {
            print(
                """

                The issuer is for a trial on this machine. For a service that others use, begin in another folder with
                  postern --config FILE init --issuer https://login.example.com/oidc
                """)
        }
        let option = config.file.map { " --config \($0)" } ?? ""
        print(
            """

            Back up the two key files, apart from the database. Next:
              postern\(option) check
              postern\(option) user add NAME
              postern\(option) client add NAME --redirect-uri URI
            """)
    }
}
