import JOSE
import OIDCLogic

/// The two key files of a configuration. They are read when they are asked for, so a pool that doesn't sign never opens
/// `signing.key`.
package struct KeyFiles: Sendable {
    private let stateFile: String
    private let signingFile: String
    private let issuer: Issuer
    private let credentials: String?

    package init(_ configuration: Configuration, environment: [String: String]) {
        stateFile = configuration.stateKeyFile
        signingFile = configuration.signingKeyFile
        issuer = configuration.issuer
        credentials = SecretFile.credentials(environment)
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
    package func statePath() throws(KeyFileFault) -> String { try secretFile(stateFile).path() }
    package func signingPath() throws(KeyFileFault) -> String { try secretFile(signingFile).path() }

    private func seal(_ file: String) throws(KeyFileFault) -> Seal {
        let file = secretFile(file)
        let bytes = try file.read()
        do {
            let keys = try KeyFile(parsing: bytes)
            return Seal(current: keys.current, older: keys.older, context: issuer.value)
        } catch {
            throw file.fault("is no key file: \(error)")
        }
    }

    private func secretFile(_ file: String) -> SecretFile {
        SecretFile(file, noun: "the key file", absence: "is not there; \"postern init\" makes it", credentials)
    }
}

/// What a process can seal and open.
package struct Keys: Sendable {
    package let state: Seal
    /// Nil in a pool that doesn't sign.
    package let signing: Seal?
}

/// Why a key file, or another with a secret in it, can't be used. It never says what is in the file.
package struct KeyFileFault: Error, Sendable, CustomStringConvertible {
    package let path: String
    package let description: String

    init(_ noun: String, _ path: String, _ fault: String) {
        self.path = path
        description = "\(noun) \(path) \(fault)"
    }
}
