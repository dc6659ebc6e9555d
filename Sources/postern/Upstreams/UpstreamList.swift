import ArgumentParser
import Handlers
import JOSE

struct UpstreamList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the upstreams, those of the configuration first, and how it goes with each.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let upstreams = try config.open().upstreams.all()
        guard !format.json else {
            print(Listing.json(upstreams.map(\.json)).readableText)
            return
        }
        var table = Table("NAME", "TITLE", "ISSUER", "STATE", "LAST SIGN-IN", "IN A DAY", "DECLARED IN")
        for upstream in upstreams {
            table.add(
                upstream.name.value, upstream.title, upstream.upstream?.issuer.value ?? "", upstream.standing,
                upstream.health.signedInAt.map(WrittenTime.text) ?? "", "\(upstream.health.signIns)",
                upstream.declaredIn ?? "")
        }
        table.print(empty: "There are no upstreams: everybody signs in by a password here.")
    }
}
