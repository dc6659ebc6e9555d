import ArgumentParser
import Handlers

struct ClaimList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the claims by their names.")

    @Option(name: .customLong("client"), help: ArgumentHelp("Those that this client sees.", valueName: "id"))
    var client: String?
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let claims = try config.open().claims.claims(of: client)
        guard !format.json else {
            print(Listing.json(claims.map(\.json)).readableText)
            return
        }
        var table = Table("NAME", "CLIENT", "SCOPE", "IN", "VALUE", "ID")
        for claim in claims {
            table.add(
                claim.name.text, claim.clientID?.value ?? "all", claim.scope ?? "", ClaimOutput.places(of: claim),
                ClaimOutput.source(of: claim), claim.id.value)
        }
        table.print(empty: "There are no claims yet; define one with \"postern claim add NAME --attribute NAME\".")
    }
}
