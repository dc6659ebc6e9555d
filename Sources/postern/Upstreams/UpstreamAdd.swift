import ArgumentParser
import Handlers

struct UpstreamAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add an identity provider, and say what to enter there.",
        discussion: """
            It takes the members that an item of upstreams has in postern.yaml: those without an option of their own by \
            --member, such as --member email_domains='["example.com"]'. Then "postern upstream test NAME" looks whether \
            people can sign in at it.
            """)

    @Argument(help: "1 to 64 lower-case letters, digits, and - . _; it is in the redirect URI, and stays.")
    var name: String
    @OptionGroup var members: UpstreamMemberOptions
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let upstreams = try config.open().upstreams
        let added = try upstreams.add(name, try members.patch())
        UpstreamOutput.print(added, heading: "Added the upstream", json: format.json)
    }
}
