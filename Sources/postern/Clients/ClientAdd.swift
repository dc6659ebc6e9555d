import ArgumentParser
import Handlers

struct ClientAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Register an app.",
        discussion: """
            Either by name and options, or by RFC 7591 metadata: --from - reads it from standard input, where it may \
            carry client_id, client_secret, preset and first_party of its own.
            """)

    @Argument(help: "What pages call the app.") var name: String?
    @Option(
        name: .customLong("redirect-uri"), parsing: .singleValue,
        help: ArgumentHelp("Where the app receives its answers. May be repeated.", valueName: "uri"))
    var redirectURIs: [String] = []
    @Flag(name: .customLong("public"), help: "The app can't keep a secret: it runs in a browser or on users' machines.")
    var isPublic = false
    @Flag(help: "The app is installed on users' machines (application_type native).") var native = false
    @Option(
        help: ArgumentHelp(
            "What users are called to it: public, the default, or pairwise, which no other app knows.",
            valueName: "type")) var subjectType: String?
    @Option(
        name: .customLong("sector-identifier-uri"),
        help: ArgumentHelp(
            "For pairwise: an https address that answers a JSON array of the redirect URIs.", valueName: "uri"))
    var sectorIdentifierURI: String?
    @Option(help: ArgumentHelp("The scopes it may ask for, with spaces between.", valueName: "scopes")) var scope:
        String?
    @Option(help: ArgumentHelp("What it asks for where it names no scope.", valueName: "scopes"))
    var defaultScope: String?
    @Option(help: ArgumentHelp("The claim that holds the granted roles, as an array.", valueName: "claim"))
    var rolesClaim: String?
    @Option(help: ArgumentHelp("The claim that holds the user's groups, as an array.", valueName: "claim"))
    var groupsClaim: String?
    @Option(help: ArgumentHelp("Where claims go: standard or mendix. Fixed from then on.", valueName: "preset"))
    var preset: String?
    @Option(help: ArgumentHelp("An id of your own.", valueName: "id")) var clientID: String?
    @Flag(help: "Read a secret of your own from standard input.") var secretStdin = false
    @Flag(help: "Users are asked for their consent.") var thirdParty = false
    @Option(help: ArgumentHelp("A file of RFC 7591 metadata; - for standard input.", valueName: "file")) var from:
        String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard (name == nil) != (from == nil) else {
            throw ValidationError("Give either a name or --from FILE.")
        }
        guard
            from == nil
                || (redirectURIs.isEmpty && !isPublic && !native && scope == nil && defaultScope == nil
                    && subjectType == nil && sectorIdentifierURI == nil && rolesClaim == nil && groupsClaim == nil
                    && clientID == nil && !secretStdin)
        else {
            throw ValidationError(
                "With --from, write this into the metadata; only --preset and --third-party go beside it.")
        }
        guard name == nil || !redirectURIs.isEmpty else {
            throw ValidationError("Name at least one --redirect-uri, such as https://app.example.com/callback.")
        }
    }

    func run() throws {
        let installation = try config.open()
        let clients = installation.clients
        let registration = try from.map(MetadataInput.read) ?? friendly()
        let registered = try clients.register(
            registration, preset: preset, isFirstParty: thirdParty ? false : nil)
        ClientOutput.print(
            registered, issuer: installation.configuration.issuer, heading: "Registered the app", json: format.json)
        ClientOutput.warn(try installation.scopes.warnings(about: registered.client))
    }

    private func friendly() throws -> ClientMetadataInput {
        var input = ClientMetadataInput()
        input.set("client_name", name)
        input.set("redirect_uris", redirectURIs)
        input.set("token_endpoint_auth_method", isPublic ? "none" : nil)
        input.set("application_type", native ? "native" : nil)
        input.set("scope", scope)
        input.set("default_scope", defaultScope)
        input.set("subject_type", subjectType)
        input.set("sector_identifier_uri", sectorIdentifierURI)
        input.set("roles_claim", rolesClaim)
        input.set("groups_claim", groupsClaim)
        input.set("client_id", clientID)
        if secretStdin { input.set("client_secret", try StandardInput.secret("secret")) }
        return input
    }
}
