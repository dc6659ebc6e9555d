import ArgumentParser
import Handlers
import OIDCLogic

struct ClaimList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the claims by their names.")

    @Option(name: .customLong("client"), help: ArgumentHelp("Those that this client sees.", valueName: "id"))
    var client: String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let claims = try installation.claims.claims(of: client)
        let files = try installation.declaringFiles()
        guard !format.json else {
            print(Listing.json(claims.map { files.mark($0.json, .claim($0.id)) }).readableText)
            return
        }
        var table = Table("NAME", "CLIENT", "SCOPE", "IN", "VALUE", "ID", "DECLARED IN")
        for claim in claims {
            table.add(
                claim.name.text, claim.clientID?.value ?? "all", claim.scope ?? "", ClaimOutput.places(of: claim),
                ClaimOutput.source(of: claim), claim.id.value, files[.claim(claim.id)] ?? "")
        }
        table.print(empty: "There are no claims yet; define one with \"postern claim add NAME --attribute NAME\".")
    }
}
