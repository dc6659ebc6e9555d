import ArgumentParser
import Handlers

struct UserImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Add many users, from CSV, htpasswd or JSON lines.",
        discussion: """
            A file with any fault is refused as a whole, and every fault is told with its line.

            csv: the first line names the columns. username must be there; sub, password_hash or password, disabled, \
            roles and groups (names with spaces between) may; "attribute:KEY" holds JSON; any other is an attribute, such \
            as name, email or given_name. An empty cell says nothing.

            htpasswd: lines of "htpasswd -B". A password hashed by MD5, SHA-1 or DES can't be imported.

            jsonl: lines of "user export". A sub is kept, so that apps know the users again.

            With --update users who are there already get what the file says of them; what it doesn't say stays, and so \
            does a password that they have.
            """)

    @Argument(help: "The file; - for standard input.") var file: String
    @Option(
        name: .customLong("format"),
        help: ArgumentHelp(
            "csv, htpasswd or jsonl. Without it, what the file's name ends with.", valueName: "format"))
    var fileFormat: UserFileFormat?
    @Flag(help: "Only say what would be done.") var dryRun = false
    @Flag(help: "Change users who are there already.") var update = false
    @Flag(help: "With --update, replace passwords too; the sessions of those users end.") var replacePasswords = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard update || !replacePasswords else {
            throw ValidationError("--replace-passwords goes with --update.")
        }
        guard fileFormat ?? UserFileFormat(fileName: file) != nil else {
            throw ValidationError("Say with --format what the file is: csv, htpasswd or jsonl.")
        }
    }

    func run() throws {
        guard let kind = fileFormat ?? UserFileFormat(fileName: file) else { return }
        let users = try config.open().userImport
        let read = kind.read(try FileInput.read(file, limit: Self.limit))
        let plan = try users.plan(read, update ? .update(replacingPasswords: replacePasswords) : .add)
        let isRefused = !plan.faults.isEmpty
        if !isRefused && !dryRun { try users.carryOut(plan) }
        if format.json {
            print(plan.json(carriedOut: !dryRun).readableText)
        } else if isRefused {
            tell(plan.faults, of: plan)
        } else {
            tell(plan)
        }
        if isRefused { throw ExitCode(1) }
    }

    /// In bytes: a million users of CSV.
    private static let limit = 256 << 20

    private func tell(_ plan: UserImportPlan) {
        let verbs = dryRun ? ("Would add", "would change", "would leave") : ("Added", "changed", "left")
        print(
            "\(verbs.0) \(Self.users(plan.added)), \(verbs.1) \(plan.updated), \(verbs.2) \(plan.unchanged) as they are."
        )
        if plan.withoutPassword > 0 {
            print("\(Self.users(plan.withoutPassword)) of those new can't sign in until \"user set-password\".")
        }
        if plan.keptPasswords > 0 {
            print(
                "\(Self.users(plan.keptPasswords)) kept a password other than the file's; --replace-passwords changes that."
            )
        }
        if dryRun { print("Nothing was changed.") }
    }

    private func tell(_ faults: [UserFileFault], of plan: UserImportPlan) {
        let place = file == "-" ? "standard input" : file
        for fault in faults {
            StandardError.write("\(DisplayText.safe("\(place):\(fault.line): \(fault.text)"))\n")
        }
        let lines = plan.refused == 1 ? "a line is" : "\(plan.refused) lines are"
        StandardError.write("postern: nothing was imported, since \(lines) faulty\n")
    }

    private static func users(_ count: Int) -> String { count == 1 ? "1 user" : "\(count) users" }
}

extension UserFileFormat: ExpressibleByArgument {}
