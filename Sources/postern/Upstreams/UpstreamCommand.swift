import ArgumentParser
import Handlers
import JOSE

struct UpstreamCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upstream", abstract: "Add, change and look at the identity providers that people sign in at.",
        discussion: """
            Those that are declared in postern.yaml are changed there. Others are kept in the database, with the same \
            members; the running pools take up a change at the next request. See docs/broker.md.
            """,
        subcommands: [
            UpstreamAdd.self, UpstreamList.self, UpstreamShow.self, UpstreamSet.self, UpstreamMoveCommand.self,
            UpstreamRemove.self,
            UpstreamTestCommand.self, UpstreamTraceCommand.self,
        ])
}

/// What an upstream has, as an item of `upstreams` in postern.yaml.
struct UpstreamMemberOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A provider whose ways are known here, which fills in what isn't named: \(UpstreamPreset.names).",
            valueName: "name"))
    var preset: String?
    @Option(help: ArgumentHelp("What people read on its button.", valueName: "text")) var title: String?
    @Option(help: ArgumentHelp("Its issuer, or the address of its discovery document.", valueName: "url")) var issuer:
        String?
    @Option(name: .customLong("client-id"), help: ArgumentHelp("What it knows us by.", valueName: "id")) var clientID:
        String?
    @Flag(name: .customLong("client-secret-stdin"), help: "Read the secret that it gave us from standard input.")
    var clientSecretStdin = false
    @Option(
        name: .customLong("member"), parsing: .singleValue,
        help: ArgumentHelp(
            "Another member, such as users='\"none\"'; null takes it out. May be repeated.", valueName: "key=json"))
    var members: [String] = []

    func patch() throws -> [String: JSON] {
        var patch: [String: JSON] = [:]
        for text in members {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex,
                let value = try? JSON(parsing: Array(text[text.index(after: equals)...].utf8))
            else {
                throw ValidationError("--member \"\(text)\" must be KEY=JSON; a text needs quotes: users='\"none\"'")
            }
            let name = String(text[..<equals])
            guard name != "client_secret" else {
                throw ValidationError(
                    "A secret on the command line is seen by everybody on the machine: --client-secret-stdin reads it.")
            }
            patch[name] = value
        }
        if let preset { patch["preset"] = .string(preset) }
        if let title { patch["title"] = .string(title) }
        if let issuer { patch["issuer"] = .string(issuer) }
        if let clientID { patch["client_id"] = .string(clientID) }
        if clientSecretStdin { patch["client_secret"] = .string(try StandardInput.secret("secret")) }
        return patch
    }
}

/// How an upstream is shown.
enum UpstreamOutput {
    static func print(_ upstream: ListedUpstream, heading: String, json: Bool) {
        guard !json else {
            Swift.print(upstream.json.readableText)
            return
        }
        Swift.print("\(heading)\n")
        var details = Details()
        details.add("name", upstream.name.value)
        details.add("title", upstream.title)
        for (name, value) in upstream.members.sorted(by: { $0.key < $1.key })
        where !["name", "title"].contains(name) {
            details.add(name, value.stringValue ?? value.text)
        }
        details.add("declared in", upstream.declaredIn)
        details.add("people linked", upstream.people.map { "\($0)" })
        details.add("state", upstream.fault ?? upstream.standing)
        let health = upstream.health
        details.add("doesn't answer since", health.unreachableSince.map(WrittenTime.text))
        details.add(
            "re-checks late since",
            upstream.checksLateSince.map { "\(WrittenTime.text($0)): raise rechecks_per_second" })
        details.add("last sign-in", health.signedInAt.map(WrittenTime.text))
        details.add("last failure", health.failure.map { "\(WrittenTime.text($0.at)): \($0.reason)" })
        details.add("in the last day", "sign-ins: \(health.signIns), failures: \(health.failures)")
        details.print()
        if !upstream.registration.isEmpty { print(upstream.registration) }
    }

    /// What to enter there.
    static func print(_ registration: [(name: String, value: String)]) {
        Swift.print("\nTo be entered at the upstream:\n")
        var details = Details()
        for (name, value) in registration { details.add(name, value) }
        details.print()
    }
}
