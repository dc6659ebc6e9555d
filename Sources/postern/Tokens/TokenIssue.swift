import ArgumentParser
import Handlers
import JOSE
import OIDCLogic

struct TokenIssue: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Make a token that registers one app, within ten minutes.",
        discussion: """
            The token is the last word that is printed, and is shown this once. A pipeline that registers apps by itself \
            needs more uses and a longer life; say then what it may register.
            """)

    @Option(help: ArgumentHelp("How many apps it registers.", valueName: "count")) var uses = 1
    @Option(help: ArgumentHelp("How long it serves: seconds, or 10m, 8h, 30d.", valueName: "time"))
    var lifetime = "10m"
    @Option(help: ArgumentHelp("Where claims of its apps go: standard or mendix.", valueName: "preset"))
    var preset = "mendix"
    @Option(help: ArgumentHelp("All scopes that its apps may have, with spaces between.", valueName: "scopes"))
    var scope: String?
    @Option(
        name: .customLong("grant-type"), parsing: .singleValue,
        help: ArgumentHelp(
            "A grant that its apps may have, in the place of the usual. May be repeated.", valueName: "type"))
    var grantTypes: [String] = []
    @Option(
        name: .customLong("redirect-host"), parsing: .singleValue,
        help: ArgumentHelp(
            "Where its apps may send users: a host, or *.example.com. May be repeated.", valueName: "host"))
    var redirectHosts: [String] = []
    @Option(
        name: .customLong("resource"), parsing: .singleValue,
        help: ArgumentHelp("A resource that its apps may name (RFC 8707). May be repeated.", valueName: "uri"))
    var resources: [String] = []
    @Flag(help: "Users of its apps are asked for their consent.") var thirdParty = false
    @Flag(help: "Its apps wait until an administrator approves them.") var needsApproval = false
    @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var note: String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let permit = try RegistrationPermit(
            preset: preset, isFirstParty: !thirdParty, scope: scope, grantTypes: grantTypes,
            redirectHosts: redirectHosts, resources: resources, needsApproval: needsApproval)
        guard let seconds = WrittenDuration.seconds(lifetime) else {
            throw ValidationError("--lifetime \(lifetime) must be \(WrittenDuration.explanation).")
        }
        let installation = try config.open()
        let (token, text) = try installation.initialAccessTokens.issue(
            permit, uses: uses, lifetime: seconds, note: note)
        guard !format.json else {
            var members = token.json(at: installation.time).objectValue ?? [:]
            members["registration_endpoint"] = .string(installation.configuration.issuer.endpoint("register"))
            members["token"] = .string(text.text)
            print(JSON.object(members).readableText)
            return
        }
        print("Made a registration token\n")
        var details = TokenOutput.details(of: token)
        details.add("endpoint", installation.configuration.issuer.endpoint("register"))
        details.print()
        print("\nThe token, shown once:\n\(text.text)")
    }
}
