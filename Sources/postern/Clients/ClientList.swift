import ArgumentParser
import Handlers
import JOSE
import OIDCLogic

struct ClientList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List apps by their ids.")

    @Option(help: ArgumentHelp("Those alone whose id or name begins with this.", valueName: "text")) var search: String?
    @Option(
        help: ArgumentHelp(
            "Those alone that were given no token since then: 90d, 2026-11-24.", valueName: "time"))
    var unusedSince: String?
    @Flag(help: "Those alone that wait for approval, the longest waiting first.") var awaitsApproval = false

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard [search != nil, unusedSince != nil, awaitsApproval].count(where: { $0 }) < 2 else {
            throw ValidationError("--search, --unused-since and --awaits-approval exclude each other.")
        }
    }

    func run() throws {
        let installation = try config.open()
        let clients = try chosen(of: installation)
        let files = try installation.declaringFiles()
        guard !format.json else {
            let items = try clients.map { client in
                var members = files.mark(client.json, .client(client.id)).objectValue ?? [:]
                members["last_used_at"] = (try installation.lastUse(of: client)?.seconds).map(JSON.integer)
                return JSON.object(members)
            }
            print(Listing.json(items).readableText)
            return
        }
        var table = Table("CLIENT ID", "NAME", "KIND", "MADE", "LAST USED", "DECLARED IN")
        for client in clients {
            table.add(
                client.id.value, client.metadata.name ?? "",
                ClientOutput.kind(of: client) + (client.approval == .awaited ? ", waits for approval" : ""),
                DisplayText.day(client.createdAt.seconds),
                try installation.lastUse(of: client).map { DisplayText.day($0.seconds) } ?? "never",
                files[.client(client.id)] ?? "")
        }
        table.print(empty: nothing)
    }

    private func chosen(of installation: Installation) throws -> [Client] {
        if let search { return try installation.clients.clients(beginning: search) }
        if let unusedSince { return try installation.clients(unusedSince: unusedSince) }
        if awaitsApproval { return try installation.clients.clientsAwaitingApproval() }
        return try installation.clients.clients()
    }

    private var nothing: String {
        if let search { return "There is no app whose id or name begins with \"\(DisplayText.safe(search))\"." }
        if unusedSince != nil { return "Every app was given a token since then, or is newer." }
        if awaitsApproval { return "No app waits for approval." }
        return "There are no apps yet; register one with \"postern client add NAME --redirect-uri URI\"."
    }
}
