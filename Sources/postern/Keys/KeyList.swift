import ArgumentParser
import Handlers
import OIDCLogic

struct KeyList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the signing keys, oldest first, and when they change.")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let keys = try config.open().signingKeys.listed()
        guard !format.json else {
            print(Listing.json(keys.map(\.json)).readableText)
            return
        }
        var table = Table("ALGORITHM", "STATUS", "KEY ID", "PUBLISHED", "WHAT COMES NEXT")
        for listed in keys {
            let key = listed.key
            table.add(
                key.algorithm.rawValue, key.status.rawValue, key.keyID, DisplayText.day(key.createdAt.seconds),
                Self.future(of: listed))
        }
        table.print(empty: "There are no signing keys; \"postern init\" makes them.")
    }

    private static func future(of listed: ListedSigningKey) -> String {
        func day(_ time: Timestamp) -> String { DisplayText.day(time.seconds) }
        switch listed.key.state {
        case .next: return listed.signsFrom.map { "signs from \(DisplayText.time($0.seconds))" } ?? ""
        case .active:
            guard let rotation = listed.rotatesAt else { return "signs until \"postern key rotate\"" }
            if listed.needsAttention { return "should have signed until \(day(rotation)); see \"postern check\"" }
            let publication = listed.successorPublishedAt.map { "; the next is published on \(day($0))" } ?? ""
            return "signs until \(day(rotation))\(publication)"
        case .retired(let retirement): return "published until \(day(retirement.publishedUntil))"
        case .revoked(let time, _): return "worth nothing since \(day(time))"
        }
    }
}
