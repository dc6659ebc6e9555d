import FoundationEssentials
import JOSE
import OIDCLogic

/// The two key files of a configuration. They are read when they are asked for, so a pool that doesn't sign never opens
/// `signing.key`.
package struct KeyFiles: Sendable {
    /// How a path may begin that systemd hands over (`LoadCredential=`).
    package static let credentialsPrefix = "${CREDENTIALS_DIRECTORY}/"

    private let stateFile: String
    private let signingFile: String
    private let issuer: Issuer
    private let credentials: String?

    package init(_ configuration: Configuration, environment: [String: String]) {
        stateFile = configuration.stateKeyFile
        signingFile = configuration.signingKeyFile
        issuer = configuration.issuer
        credentials = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What a pool works with: the signing key only if it `signs`.
    package func keys(signing signs: Bool) throws(KeyFileFault) -> Keys {
        Keys(state: try state(), signing: signs ? try signing() : nil)
    }

    /// Seals what is in flight, and client secrets.
    package func state() throws(KeyFileFault) -> Seal { try seal(stateFile) }

    /// Seals the private signing keys.
    package func signing() throws(KeyFileFault) -> Seal { try seal(signingFile) }

    /// The paths as they are on this machine.
    package func statePath() throws(KeyFileFault) -> String { try path(stateFile) }
    package func signingPath() throws(KeyFileFault) -> String { try path(signingFile) }

    private func seal(_ file: String) throws(KeyFileFault) -> Seal {
        let path = try path(file)
        try refuseLoosePermissions(path)
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: URL(filePath: path, directoryHint: .notDirectory)))
        } catch {
            throw KeyFileFault(path, "can't be read; its owner must be the user that runs this")
        }
        do {
            let file = try KeyFile(parsing: bytes)
            return Seal(current: file.current, older: file.older, context: issuer.value)
        } catch {
            throw KeyFileFault(path, "is no key file: \(error)")
        }
    }

    private func path(_ file: String) throws(KeyFileFault) -> String {
        guard file.hasPrefix(Self.credentialsPrefix) else { return file }
        guard let credentials else {
            throw KeyFileFault(
                file,
                "is a systemd credential, but CREDENTIALS_DIRECTORY is not set; run this by systemd with LoadCredential="
            )
        }
        return AbsolutePath.of(String(file.dropFirst(Self.credentialsPrefix.count)), in: credentials)
    }

    /// A key that others can read is no secret. systemd guards its credentials by the folder they are in.
    private func refuseLoosePermissions(_ path: String) throws(KeyFileFault) {
        if let credentials, path.hasPrefix(AbsolutePath.of(credentials, in: "/") + "/") { return }
        // The link's own permissions say nothing.
        let target = URL(filePath: path, directoryHint: .notDirectory).resolvingSymlinksInPath().path(
            percentEncoded: false)
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else {
            throw KeyFileFault(path, "is not there; \"postern init\" makes it")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw KeyFileFault(path, "is not a file")
        }
        // Foundation says Int where it is loaded, FoundationEssentials alone UInt.
        let permissions = attributes[.posixPermissions]
        guard let mode = (permissions as? UInt) ?? (permissions as? Int).map({ UInt($0) }), mode & 0o077 == 0 else {
            throw KeyFileFault(path, "can be read by others than its owner; run: chmod 600 \(path)")
        }
    }
}

/// What a process can seal and open.
package struct Keys: Sendable {
    package let state: Seal
    /// Nil in a pool that doesn't sign.
    package let signing: Seal?
}

/// Why a key file can't be used. It never says what is in the file.
package struct KeyFileFault: Error, Sendable, CustomStringConvertible {
    package let path: String
    package let description: String

    init(_ path: String, _ fault: String) {
        self.path = path
        description = "the key file \(path) \(fault)"
    }
}
