import ArgumentParser
import Handlers
import JOSE

struct UpstreamMoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Let whoever is linked by one issuer be known by another.",
        discussion: """
            For a provider that has another issuer since, as after a change of its host name, and that calls its users what it \
            called them before. Whoever has the same subject there is taken for the same person, so it is for the same provider \
            alone.

            Of an upstream that was added here, the issuer changes with it. Of one that postern.yaml declares, stop the pools, \
            write the new issuer there, say this, and start them again. Sessions and what apps were granted go on; what the \
            provider gave to ask it with does not, so each signs in there once more within the interval of its re-checks.
            """)

    @Argument(help: ArgumentHelp("The issuer that people are linked by.", valueName: "old")) var former: String
    @Argument(help: ArgumentHelp("The one that the provider has now.", valueName: "new")) var issuer: String
    @Flag(help: "Don't ask at a terminal.") var yes = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let upstreams = try config.open().upstreams
        let (move, people) = try upstreams.plannedMove(from: former, to: issuer)
        let count = people == 1 ? "1 person" : "\(people) people"
        let (old, new) = (DisplayText.safe(move.former), DisplayText.safe(move.issuer))
        try Confirmation.require(
            "Take \(count) of \(old) for those of the same subjects at \(new)? (yes/no)", given: yes,
            refusal: "nobody was moved")
        let moved = try upstreams.perform(move)
        if format.json {
            print(
                JSON.object([
                    "from": .string(move.former), "to": .string(move.issuer), "upstream": .string(move.upstream.value),
                    "people": .integer(Int64(moved)),
                ]).readableText)
        } else {
            print(
                "Moved \(moved == 1 ? "1 person" : "\(moved) people") to \(new) (\(DisplayText.safe(move.upstream.value)))."
            )
        }
    }
}
