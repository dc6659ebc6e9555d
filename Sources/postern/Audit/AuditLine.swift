import Handlers
import JOSE
import OIDCLogic

/// A row of the audit log as people read it. `--json` has all of it.
struct AuditLine {
    let time: String
    let event: String
    let who: String
    let road: String
    let address: String
    let what: String
    let change: String

    init(_ record: AuditRecord, _ audit: AuditAdministration) throws {
        time = DisplayText.timeToTheSecond(record.at.seconds)
        event = record.event.rawValue
        who = try audit.name(of: record.actor.who)
        road = record.actor.road.rawValue
        address = record.actor.address ?? "-"
        let user = try record.userID.map(audit.name)
        what =
            switch record.event.object {
            case "user": user ?? record.objectID
            case "session", "consent", "grant":
                [user, record.clientID.map { "at \($0)" }].compactMap(\.self).joined(separator: " ")
            case "claim": (record.change.after["name"] ?? record.change.before["name"])?.stringValue ?? record.objectID
            default: record.objectID
            }
        change = Self.text(of: record.change)
    }

    var text: String {
        DisplayText.safe([time, event, who, road, address, what, change].joined(separator: "  "))
    }

    private static func text(of change: AuditChange) -> String {
        let names = Set(change.before.keys).union(change.after.keys).sorted()
        let members = names.map { name in
            let former = change.before[name].map(text)
            let next = change.after[name].map(text)
            return switch (former, next) {
            case (let former?, let next?): "\(name): \(former) → \(next)"
            case (nil, let next?): "\(name): \(next)"
            case (let former?, nil): "\(name): \(former) →"
            case (nil, nil): name
            }
        }
        return cut(members.joined(separator: ", "), to: 120)
    }

    private static func text(_ value: JSON) -> String { cut(AuditChange.shown(value), to: 40) }

    private static func cut(_ text: String, to length: Int) -> String {
        text.count > length ? text.prefix(length - 1) + "…" : text
    }
}
