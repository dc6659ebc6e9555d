import ArgumentParser
import Foundation
import Handlers
import OIDCLogic

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show who changed what, and who signed in.",
        discussion: """
            The newest come first. A TIME is in UTC, such as 2026-11-24 or "2026-11-24 13:50", or how long ago it was, such \
            as 90m, 8h or 30d.

            For programs that collect logs, --json --cursor-file FILE prints what was written since it last ran, oldest \
            first, a JSON object a line, and notes in FILE how far it came; with --follow it waits for more.
            """)

    @Option(help: ArgumentHelp("Only what a user did, or what concerns them.", valueName: "name|sub")) var user: String?
    @Option(help: ArgumentHelp("Only what an app did, or what concerns it.", valueName: "client-id")) var app: String?
    @Option(
        help: ArgumentHelp(
            "Only events that begin so, such as client. or user.disabled; docs/audit.md lists them.",
            valueName: "prefix")) var event: String?
    @Option(help: ArgumentHelp("Only from then on.", valueName: "time")) var since: String?
    @Option(help: ArgumentHelp("Only before.", valueName: "time")) var until: String?
    @Option(help: ArgumentHelp("How many at most; 50 without it.", valueName: "count")) var limit: Int?
    @Flag(help: "Print what is written from now on, oldest first, until it is stopped.") var follow = false
    @Option(
        help: ArgumentHelp(
            "Print what was written since this file was, oldest first; all of it, the first time.", valueName: "file"))
    var cursorFile: String?
    @Flag(help: "Print JSON, an object a line.") var json = false
    @OptionGroup var config: ConfigurationOption

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
        if limit != nil, follow || cursorFile != nil {
            throw ValidationError("--limit doesn't go with --follow and --cursor-file: they print all that is new.")
        }
    }

    func run() throws {
        let audit = try config.open().audit
        let query = try audit.query(user: user, app: app, event: event, since: since, until: until)
        if follow || cursorFile != nil {
            try printNew(audit, query)
        } else {
            try printNewest(audit, query)
        }
    }

    private func printNewest(_ audit: AuditAdministration, _ query: AuditQuery) throws {
        var table = Table("TIME (UTC)", "EVENT", "WHO", "BY", "FROM", "WHAT", "CHANGE")
        try audit.forEachRecord(matching: query, limit: limit ?? 50) { record in
            guard !json else { return print(DisplayText.json(record.json)) }
            let line = try AuditLine(record, audit)
            table.add(line.time, line.event, line.who, line.road, line.address, line.what, line.change)
        }
        if !json { table.print(empty: "Nothing was written down that matches.") }
    }

    private func printNew(_ audit: AuditAdministration, _ query: AuditQuery) throws {
        let cursor = cursorFile.map(AuditCursor.init)
        let end = try audit.end()
        var position = try cursor?.position(upTo: end) ?? end
        while true {
            let (records, last) = try audit.records(after: position, matching: query)
            if last > position {
                let lines = try records.map { json ? DisplayText.json($0.json) : try AuditLine($0, audit).text }
                try FileHandle.standardOutput.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
                // Only now: what was cut short comes again, and nothing is left out.
                try cursor?.move(to: last)
                position = last
            } else if follow {
                sleep(1)
            } else {
                return
            }
        }
    }
}
