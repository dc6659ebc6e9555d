import ArgumentParser
import Handlers
import JOSE
import OIDCLogic

struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Add, change and remove the people who sign in.",
        subcommands: [
            UserAdd.self, UserList.self, UserShow.self, UserSet.self, UserSetPassword.self, UserDisable.self,
            UserEnable.self, UserInvite.self, UserUnlink.self, UserRemove.self, UserImport.self, UserExport.self,
        ])
}

/// What is kept about a user.
struct AttributeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The claim \"name\".", valueName: "name")) var fullName: String?
    @Option(help: ArgumentHelp("The claim \"email\".", valueName: "address")) var email: String?
    @Option(
        name: .customLong("add-email"), parsing: .singleValue,
        help: ArgumentHelp("One more address, not verified. May be repeated.", valueName: "address"))
    var addedEmails: [String] = []
    @Option(
        name: .customLong("verified-email"), parsing: .singleValue,
        help: ArgumentHelp("Which of the addresses is proven to be the user's. May be repeated.", valueName: "address"))
    var verifiedEmails: [String] = []
    @Option(
        name: .customLong("attribute"), parsing: .singleValue,
        help: ArgumentHelp(
            "Any other, as JSON: locale='\"de\"', email_verified=true. null takes it out. May be repeated.",
            valueName: "key=json"))
    var attributes: [String] = []

    func changes() throws -> UserAttributes {
        var changes = UserAttributes()
        if let fullName { try changes.set("name", to: .string(fullName)) }
        if let email { try changes.set("email", to: .string(email)) }
        for assignment in attributes { try changes.set(assignment) }
        for address in addedEmails { try changes.change(.add(address)) }
        for address in verifiedEmails { try changes.change(.verify(address)) }
        return changes
    }
}

/// Where a new password comes from; never from an argument, which every user of the machine can see.
struct PasswordOptions: ParsableArguments {
    @Flag(help: "Read the password from standard input.") var passwordStdin = false
    @Flag(help: "Make a password, and show it once.") var generatePassword = false

    func validate() throws {
        guard !(passwordStdin && generatePassword) else {
            throw ValidationError("--password-stdin and --generate-password exclude each other.")
        }
    }

    /// The password for `name`, asked for twice if someone sits at a terminal.
    func password(for name: String, _ users: UserAdministration) throws -> Password {
        if generatePassword { return users.generatePassword() }
        if passwordStdin { return Password(try StandardInput.secret("password")) }
        guard StandardInput.isTerminal else {
            throw Failure(
                "there is no password; pipe it in with --password-stdin, or have one made with --generate-password")
        }
        return Password(try Terminal.newSecret("Password for \(DisplayText.safe(name))"))
    }
}

/// A user's name, as an argument.
struct UsernameArgument: ParsableArguments {
    @Argument(help: "What the user types to sign in.") var name: String
}

/// How a user is shown.
enum UserOutput {
    static func print(
        _ user: User, knownAs people: [UpstreamPerson]? = nil, heading: String, password: Password? = nil, json: Bool
    ) {
        guard !json else {
            var members = user.json(showing: password).objectValue ?? [:]
            members["upstreams"] = people.map { .array($0.map(\.json)) }
            Swift.print(JSON.object(members).readableText)
            return
        }
        Swift.print("\(heading)\n")
        var details = details(of: user, password: password)
        details.add(
            "known at",
            (people ?? []).map { person in
                "\(person.upstream?.value ?? "\(person.link.id.issuer) (gone)"), as \(person.link.id.subject), since "
                    + "\(DisplayText.time(person.link.createdAt.seconds))  [\(person.id)]"
            })
        details.print()
    }

    private static func details(of user: User, password: Password?) -> Details {
        var details = Details()
        details.add("user name", user.username.value)
        if let password { details.add("password", "\(password.reveal())  (shown once: pass it on now)") }
        details.add("subject", user.id.value)
        details.add("status", status(of: user))
        for (name, value) in user.attributes.sorted(by: { $0.key < $1.key }) where name != EmailAddresses.othersName {
            details.add(name, value.stringValue ?? value.text)
        }
        let others = EmailAddresses(attributes: user.attributes).others
        details.add("other emails", others.map { $0.isVerified ? "\($0.address) (verified)" : $0.address })
        details.add("role", user.roles.sorted().map(\.description))
        details.add("group", user.groups.sorted().map(\.value))
        details.add("made", DisplayText.time(user.createdAt.seconds))
        details.add("changed", DisplayText.time(user.updatedAt.seconds))
        return details
    }

    static func status(of user: User) -> String {
        user.isDisabled ? "disabled" : user.passwordHash == nil ? "no password" : "active"
    }
}
