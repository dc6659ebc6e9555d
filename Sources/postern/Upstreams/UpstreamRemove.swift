import ArgumentParser
import Handlers

struct UpstreamRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove an identity provider that was added here.",
        discussion: """
            Who is linked to it stays a user here, and can't sign in by it any more. So it is refused while anybody is, \
            unless --linked says that this is meant.
            """)

    @Argument(help: "Its name.") var name: String
    @Flag(help: "People are linked to it, and that is meant.") var linked = false
    @Flag(help: "Don't ask at a terminal.") var yes = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let upstreams = try config.open().upstreams
        let shown = DisplayText.safe(name)
        try Confirmation.require("Remove the upstream \(shown)? (yes/no)", given: yes)
        let removed = try upstreams.remove(name, knowingOfLinks: linked)
        if format.json {
            print(removed.json.readableText)
        } else {
            print("Removed the upstream \(shown).")
            if let consequence = removed.consequenceOfRemoval { print(DisplayText.safe(consequence)) }
        }
    }
}
