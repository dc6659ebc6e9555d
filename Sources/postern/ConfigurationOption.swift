import ArgumentParser
import Foundation
import Handlers

/// `--config`, which every subcommand has.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration. Without it: $POSTERN_CONFIG, ./postern.yaml or \(ConfigurationOption.systemFile).",
            valueName: "file"))
    var file: String?

    /// Where the systemd units look.
    static let systemFile = "/var/lib/postern/postern.yaml"

    var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// The named file, else the first that is there, else the one that `init` would make.
    var path: String {
        if let file { return file }
        if let named = environment["POSTERN_CONFIG"], !named.isEmpty { return named }
        let local = "postern.yaml"
        if FileManager.default.fileExists(atPath: local) { return local }
        return FileManager.default.fileExists(atPath: Self.systemFile) ? Self.systemFile : local
    }

    func load() throws -> Configuration { try Configuration.load(path, environment: environment) }

    /// With all that files declare, and the database.
    func openDeclared() throws -> DeclarationAdministration {
        let declared = try DeclaredConfiguration(loading: path, environment: environment)
        return try Installation(declared.configuration, environment: environment).declarations(declared)
    }

    func open() throws -> Installation { try Installation(try load(), environment: environment) }
}
