import ArgumentParser
import Handlers
import JOSE

struct KeyRotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Take the next safe step from one signing key to another.",
        discussion: """
            It publishes the next key, or, once that was there for long enough, lets it sign; a pool that holds signing.key \
            does the latter by itself. What was signed before stays good.

            If somebody else may have a key, end it by "postern key revoke".
            """)

    @Argument(help: "Such as RS256; all that have a key, without it.") var algorithm: String?
    @Flag(help: "Let another key sign at once. Apps that keep the key set fail until they fetch it again.") var now =
        false
    @OptionGroup var cache: NginxCacheOption
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let done = try installation.signingKeys.rotate(
            algorithm, atOnce: now, seal: try installation.keyFiles.signing())
        let early = done.contains { if case .activated(_, isSafe: false) = $0.step { true } else { false } }
        let emptied = early ? cache.empty() : nil
        if format.json {
            print(Listing.json(done.map(\.json)).readableText)
        } else {
            for rotation in done { print(Self.text(rotation)) }
            if early { print(CachedKeys.warning) }
        }
        if let emptied { cache.tell(emptied, asJSON: format.json) }
    }

    private static func text(_ rotation: SigningKeyRotation) -> String {
        let key = "\(rotation.key.algorithm.rawValue): the key \(rotation.key.keyID)"
        switch rotation.step {
        case .published(let time): return "\(key) is published, and signs from \(DisplayText.time(time.seconds))"
        case .waiting(let time):
            return "\(key) is published already, and signs from \(DisplayText.time(time.seconds)); nothing was changed"
        case .activated(let former, _): return "\(key) signs, in the place of \(former.keyID)"
        }
    }
}
