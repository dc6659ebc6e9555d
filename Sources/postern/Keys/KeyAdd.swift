import ArgumentParser
import Handlers

struct KeyAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a signing key for an algorithm that has none.",
        discussion: "\"postern init\" makes those for RS256, PS256, ES256 and EdDSA.")

    @Argument(help: "Such as RS384 or ES512.") var algorithm: String
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let key = try installation.signingKeys.add(algorithm, seal: try installation.keyFiles.signing())
        guard !format.json else {
            print(try installation.signingKeys.listed(key.keyID).json.readableText)
            return
        }
        print("Made the key \(key.keyID) for \(key.algorithm.rawValue); apps may ask for ID tokens by it")
    }
}
