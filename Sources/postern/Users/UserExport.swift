import ArgumentParser
import Handlers
import OIDCLogic

struct UserExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print all users as JSON lines, for \"user import\".",
        discussion: """
            Each line is a user with subject, attributes and state. With --with-password-hashes the output is a secret: \
            whoever reads it can try passwords as fast as they like.
            """)

    @Flag(help: "Print the hashes of the passwords too, so that users can go on signing in with those.")
    var withPasswordHashes = false
    @OptionGroup var config: ConfigurationOption

    func run() throws {
        try config.open().users.forEachUser { user in
            print(user.exported(withPasswordHash: withPasswordHashes).text)
        }
    }
}
