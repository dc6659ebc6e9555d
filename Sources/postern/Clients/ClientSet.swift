import ArgumentParser
import Handlers

struct ClientSet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change an app.",
        discussion: """
            What isn't named stays. --from reads RFC 7591 metadata, whose members take the place of those that are \
            there; null takes one out.
            """)

    @OptionGroup var client: ClientIDArgument
    @Option(help: ArgumentHelp("What pages call the app.", valueName: "name")) var name: String?
    @Option(
        name: .customLong("redirect-uri"), parsing: .singleValue,
        help: ArgumentHelp("Takes the place of all redirect URIs. May be repeated.", valueName: "uri"))
    var redirectURIs: [String] = []
    @Option(
        name: .customLong("add-redirect-uri"), parsing: .singleValue,
        help: ArgumentHelp("One more redirect URI. May be repeated.", valueName: "uri"))
    var addedRedirectURIs: [String] = []
    @Option(
        name: .customLong("remove-redirect-uri"), parsing: .singleValue,
        help: ArgumentHelp("A redirect URI to take out. May be repeated.", valueName: "uri"))
    var removedRedirectURIs: [String] = []
    @Option(
        help: ArgumentHelp("public or pairwise. The app is told another sub of every user then.", valueName: "type"))
    var subjectType: String?
    @Option(
        name: .customLong("sector-identifier-uri"),
        help: ArgumentHelp(
            "For pairwise: an https address that answers a JSON array of the redirect URIs. \"\" takes it away.",
            valueName: "uri"))
    var sectorIdentifierURI: String?
    @Option(help: ArgumentHelp("The scopes it may ask for, with spaces between.", valueName: "scopes")) var scope:
        String?
    @Option(help: ArgumentHelp("What it asks for where it names no scope; \"\" takes it away.", valueName: "scopes"))
    var defaultScope: String?
    @Option(
        help: ArgumentHelp(
            "The claim that holds the granted roles, as an array; \"\" takes it away.", valueName: "claim"))
    var rolesClaim: String?
    @Option(
        help: ArgumentHelp(
            "The claim that holds the user's groups, as an array; \"\" takes it away.", valueName: "claim"))
    var groupsClaim: String?
    @Flag(help: "Make a new secret, and show it once. The old one ends, unless there is an --overlap.")
    var newSecret = false
    @Flag(help: "Read a secret of your own from standard input.") var secretStdin = false
    @Option(
        help: ArgumentHelp(
            "How long the old secret is taken beside the new one: seconds, or 10m, 8h, 7d.", valueName: "time"))
    var overlap: String?
    @Flag(inversion: .prefixedNo, help: "Skip the consent page, or show it.") var firstParty: Bool?
    @Option(help: ArgumentHelp("A file of RFC 7591 metadata; - for standard input.", valueName: "file")) var from:
        String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        let isEmpty =
            name == nil && redirectURIs.isEmpty && addedRedirectURIs.isEmpty && removedRedirectURIs.isEmpty
            && scope == nil && defaultScope == nil && subjectType == nil && sectorIdentifierURI == nil
            && rolesClaim == nil && groupsClaim == nil && !newSecret
            && !secretStdin && firstParty == nil && from == nil
        guard !isEmpty else { throw ValidationError("Say what to change, such as --add-redirect-uri URI.") }
        guard !(newSecret && secretStdin) else {
            throw ValidationError("--new-secret and --secret-stdin exclude each other.")
        }
        guard overlap == nil || newSecret || secretStdin else {
            throw ValidationError("--overlap goes with --new-secret or --secret-stdin.")
        }
        guard overlap.map({ SecretOverlap.seconds($0) != nil }) ?? true else {
            throw ValidationError("--overlap must be \(WrittenDuration.explanation), and at most 90d.")
        }
        guard !(secretStdin && from == "-") else {
            throw ValidationError("Standard input can't hold both; write client_secret into the metadata.")
        }
    }

    func run() throws {
        let installation = try config.open()
        var input = try from.map(MetadataInput.read) ?? ClientMetadataInput()
        input.set("client_name", name)
        input.set("scope", scope)
        input.set("default_scope", defaultScope)
        input.set("subject_type", subjectType)
        input.set("sector_identifier_uri", sectorIdentifierURI)
        input.set("roles_claim", rolesClaim)
        input.set("groups_claim", groupsClaim)
        if !redirectURIs.isEmpty { input.set("redirect_uris", redirectURIs) }
        var change = ClientChange()
        change.metadata = input.members
        change.addedRedirectURIs = addedRedirectURIs
        change.removedRedirectURIs = removedRedirectURIs
        change.isFirstParty = firstParty
        change.overlap = overlap.flatMap(SecretOverlap.seconds) ?? 0
        if newSecret { change.secret = .generate }
        if secretStdin { change.secret = .choose(try StandardInput.secret("secret")) }
        let changed = try installation.clients.change(client.id, change)
        ClientOutput.print(
            changed, issuer: installation.configuration.issuer, heading: "Changed the app", json: format.json)
        if let warning = changed.warning { ClientOutput.warn(warning) }
        ClientOutput.warn(try installation.scopes.warnings(about: changed.client))
    }
}
