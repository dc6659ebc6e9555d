import ArgumentParser
import Handlers
import OIDCLogic

struct ClaimCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim", abstract: "Define what tokens and userinfo say about a user beside the standard claims.",
        subcommands: [ClaimAdd.self, ClaimList.self, ClaimShow.self, ClaimSet.self, ClaimRemove.self])
}

/// Which claim is meant.
struct ClaimArgument: ParsableArguments {
    @Argument(help: "The claim's name or id.") var name: String
    @Option(
        name: .customLong("client"),
        help: ArgumentHelp("The client whose claim it is, where others have one of this name.", valueName: "id"))
    var client: String?
}

/// Where a claim's value comes from.
struct ClaimSourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The same for everyone, as JSON.", valueName: "json")) var value: String?
    @Option(help: ArgumentHelp("The user's attribute of that name.", valueName: "name")) var attribute: String?
    @Option(
        help: ArgumentHelp(
            "A SQLite expression over the JSON documents user, client, session and request.", valueName: "text"))
    var expression: String?

    func apply(to change: inout ClaimChange) throws {
        guard [value, attribute, expression].compactMap(\.self).count <= 1 else {
            throw ValidationError("--value, --attribute and --expression exclude each other.")
        }
        if let value { try change.setValue(value) }
        if let attribute { change.source = .attribute(attribute) }
        if let expression { change.source = .expression(expression) }
    }
}

/// Who gets a claim, and where.
struct ClaimReleaseOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The scope that releases it; \"\" for none.", valueName: "scope")) var scope: String?
    @Option(
        name: .customLong("in"),
        help: ArgumentHelp(
            """
            Where it goes, with commas between: id_token, access_token, userinfo, introspection. Without it, or with \
            "", in all but the ID token, and for preset mendix there as well.
            """, valueName: "places"))
    var places: String?
    @Flag(inversion: .prefixedNo, help: "Without a value the sign-in fails.") var required: Bool?

    func apply(to change: inout ClaimChange) {
        change.scope = scope
        change.destinations = places.map { $0.split(separator: ",").map(String.init) }
        change.isRequired = required
    }
}

/// How a claim is shown.
enum ClaimOutput {
    /// On standard error, so that scripts can read what is printed.
    static func warn(_ warnings: [String]) {
        for warning in warnings { StandardError.write("postern: warning: \(DisplayText.safe(warning))\n") }
    }

    static func print(_ claim: CustomClaim, heading: String, json: Bool, files: DeclaringFiles? = nil) {
        guard !json else {
            Swift.print((files?.mark(claim.json, .claim(claim.id)) ?? claim.json).readableText)
            return
        }
        Swift.print("\(heading)\n")
        var details = Details()
        details.add("name", claim.name.text)
        details.add("id", claim.id.value)
        details.add("of", claim.clientID?.value ?? "all clients")
        switch claim.source {
        case .constant(let value): details.add("value", value.text)
        case .attribute(let name): details.add("attribute", name)
        case .expression(let text): details.add("expression", text)
        }
        details.add("released by", claim.scope.map { "the scope \($0)" } ?? "any sign-in")
        details.add("in", places(of: claim))
        details.add("required", claim.isRequired ? "yes" : "no")
        details.add("made", DisplayText.time(claim.createdAt.seconds))
        details.add("changed", DisplayText.time(claim.updatedAt.seconds))
        details.add("declared in", files?[.claim(claim.id)])
        details.print()
    }

    static func places(of claim: CustomClaim) -> String {
        guard let places = claim.destinations else { return "as the client's preset says" }
        return ClaimDestination.allCases.filter(places.contains).map(\.rawValue).joined(separator: ", ")
    }

    static func source(of claim: CustomClaim) -> String {
        switch claim.source {
        case .constant(let value): value.text
        case .attribute(let name): "attribute \(name)"
        case .expression(let text): text
        }
    }
}
