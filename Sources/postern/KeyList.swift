import ArgumentParser
import Handlers

struct KeyList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the signing keys, oldest first.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let keys = try config.open().signingKeys.keys()
        guard !format.json else {
            print(Listing.json(keys.map(\.json)).readableText)
            return
        }
        var table = Table("ALGORITHM", "STATUS", "KEY ID", "MADE")
        for key in keys {
            table.add(key.algorithm.rawValue, key.status.rawValue, key.keyID, DisplayText.day(key.createdAt.seconds))
        }
        table.print(empty: "There are no signing keys; \"postern init\" makes them.")
    }
}
