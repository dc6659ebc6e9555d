import ArgumentParser
import Handlers

struct ClientApprove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Let users in to an app that waits for approval.",
        discussion: """
            Look at the app first: \"client show\" tells its version. What is approved is that version, since the app may \
            change itself meanwhile; at a terminal, without --if-version, it is shown first. Its users aren't asked for \
            their consent then, unless what it was registered by or --third-party says otherwise. To refuse it, remove it: \
            \"client remove\".
            """)

    @OptionGroup var client: ClientIDArgument
    @Option(help: ArgumentHelp("As \"client show\" told it.", valueName: "version")) var ifVersion: Int64?
    @Flag(inversion: .prefixedNo, help: "Its users are asked for their consent, or not.") var thirdParty: Bool?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let approved = try installation.clients.approve(
            client.id, seenAs: try ifVersion ?? look(installation), isFirstParty: thirdParty.map { !$0 })
        ClientOutput.print(
            RegisteredClient(client: approved, secret: nil), issuer: installation.configuration.issuer,
            heading: "Approved the app", json: format.json)
    }

    /// Shows the app to whoever sits at the terminal. Returns the version that they have seen.
    private func look(_ installation: Installation) throws -> Int64 {
        let found = try installation.clients.client(client.id)
        guard found.approval == .awaited else { return found.version }
        guard StandardInput.isTerminal else {
            throw ValidationError(
                "Say which version you have looked at: --if-version \(found.version) is what \"client show\" tells now."
            )
        }
        ClientOutput.print(
            RegisteredClient(client: found, secret: nil), issuer: installation.configuration.issuer, heading: "The app",
            json: false)
        guard Terminal.confirms("Approve it as it is? (yes/no)") else { throw Failure("nothing was approved") }
        return found.version
    }
}
