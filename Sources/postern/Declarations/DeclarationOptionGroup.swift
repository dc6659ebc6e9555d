import ArgumentParser
import Handlers

/// What `plan` and `apply` are asked for beside what files say.
struct DeclarationOptionGroup: ParsableArguments {
    @Flag(help: "Remove what a file once declared and no file names any more.") var prune = false
    @Flag(help: "Keep it instead, free to be changed by command.") var release = false
    @Flag(help: "Give to its file what is as declared, but was made by command or by the API.") var adopt = false
    @Option(
        name: .customLong("new-secret"), parsing: .singleValue,
        help: ArgumentHelp("Make a new secret for this declared client. May be repeated.", valueName: "client-id"))
    var newSecrets: [String] = []
    @Option(
        help: ArgumentHelp(
            "How long an old secret is taken beside the new one: seconds, or 10m, 8h, 7d.", valueName: "time"))
    var overlap: String?

    func validate() throws {
        guard !(prune && release) else { throw ValidationError("--prune and --release exclude each other.") }
        guard overlap.map({ SecretOverlap.seconds($0) != nil }) ?? true else {
            throw ValidationError("--overlap must be \(WrittenDuration.explanation), and at most 90d.")
        }
    }

    var options: DeclarationOptions {
        var options = DeclarationOptions()
        if prune { options.fate = .remove }
        if release { options.fate = .release }
        options.adopts = adopt
        options.newSecrets = Set(newSecrets)
        options.secretOverlap = overlap.flatMap(SecretOverlap.seconds) ?? 0
        return options
    }
}
