import FoundationEssentials
import Handlers

/// Configurations as text, for a file in `/etc/postern`.
enum ConfigurationFixture {
    static let minimal = "issuer: https://login.example.com/oidc\n"

    static func parse(_ text: String, environment: [String: String] = [:]) throws(ConfigurationErrors) -> Configuration
    {
        try Configuration(
            parsing: text, file: "/etc/postern/postern.yaml", calledAs: "postern.yaml", environment: environment)
    }

    /// The faults of a configuration, as they are printed; empty if it is good.
    static func faults(_ text: String, environment: [String: String] = [:]) -> [String] {
        do throws(ConfigurationErrors) {
            _ = try parse(text, environment: environment)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }
}

/// A folder of a test's own, removed with it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.path(percentEncoded: false)
            + "postern-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: file(name)))
    }

    func mode(of name: String) throws -> UInt {
        let mode = try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions]
        return (mode as? UInt) ?? (mode as? Int).map { UInt($0) } ?? .max
    }
}
