import ArgumentParser
import Handlers
import JOSE

struct KeyRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a signing key that somebody else may have.",
        discussion: """
            It is published no more, and introspection and userinfo refuse what it signed. Where it signed, the next key \
            does from now on, or a new one: revoke the next one before, if it may be known as well.

            Put "--" before an id that begins with "-", which those of older releases may.
            """)

    @Argument(help: ArgumentHelp("Its id, as \"postern key list\" shows it.", valueName: "key-id")) var keyID: String
    @Flag(help: "Don't ask at a terminal.") var yes = false
    @OptionGroup var cache: NginxCacheOption
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        try Confirmation.require(
            "End the key \(DisplayText.safe(keyID)), and all that it signed, for good? (yes/no)", given: yes)
        let done = try installation.signingKeys.revoke(keyID) { try installation.keyFiles.signing() }
        let emptied = cache.empty()
        if format.json {
            print(done.json.readableText)
        } else {
            print("Revoked the key \(done.revoked.keyID). What it signed counts for nothing here from now on.")
            if let successor = done.successor {
                print("\(successor.algorithm.rawValue) is signed by \(successor.keyID) from now on.")
            }
            print(CachedKeys.warning)
        }
        cache.tell(emptied, asJSON: format.json)
    }
}
