import ArgumentParser
import Handlers
import OIDCLogic

struct ScopeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scope", abstract: "Define scopes that every user of an app can be granted.",
        discussion: """
            An app may ask for those that it is allowed: "postern client set CLIENT-ID --scope". A scope that a user must \
            hold is a role: see "postern role". openid, profile, email, address, phone and offline_access are built in.
            """,
        subcommands: [ScopeAdd.self, ScopeList.self, ScopeShow.self, ScopeSet.self, ScopeRemove.self])
}

/// A scope's name, as an argument.
struct ScopeNameArgument: ParsableArguments {
    @Argument(help: "What apps ask for.") var name: String
}

/// How a scope is shown.
enum ScopeOutput {
    static func print(_ scope: DefinedScope, heading: String, json: Bool, files: DeclaringFiles? = nil) {
        guard !json else {
            Swift.print((files?.mark(scope.json, .scope(scope.name)) ?? scope.json).readableText)
            return
        }
        Swift.print("\(heading)\n")
        var details = Details()
        details.add("scope", scope.name.value)
        details.add("description", scope.description)
        details.add("declared in", files?[.scope(scope.name)])
        details.print()
    }
}
