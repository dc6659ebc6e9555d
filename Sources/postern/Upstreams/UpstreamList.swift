import ArgumentParser
import Handlers
import JOSE

struct UpstreamList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the upstreams, in the order of the configuration.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let upstreams = try config.open().upstreams
        guard !format.json else {
            let objects: [JSON] = upstreams.map { upstream in
                [
                    "name": .string(upstream.name.value), "title": .string(upstream.title),
                    "issuer": .string(upstream.issuer.value), "client_id": .string(upstream.clientID),
                    "scope": .string(upstream.scope.description),
                ]
            }
            print(Listing.json(objects).readableText)
            return
        }
        var table = Table("NAME", "TITLE", "ISSUER", "CLIENT ID")
        for upstream in upstreams {
            table.add(upstream.name.value, upstream.title, upstream.issuer.value, upstream.clientID)
        }
        table.print(empty: "There are no upstreams: everybody signs in by a password here.")
    }
}
