import JOSE
import OIDCLogic

/// The upstreams of the configuration, and how people come to them.
package struct UpstreamSettings: Sendable {
    package var options = SignInOptions()
    /// What each one's item has, as it is shown.
    var members: [UpstreamName: [String: JSON]] = [:]
    /// The file that declares them.
    var file = "postern.yaml"
    /// Where each one's secret is. It may begin with `${CREDENTIALS_DIRECTORY}/`; see ``SecretFile``.
    var secretFiles: [UpstreamName: String] = [:]

    /// Reads the secrets. Throws ``KeyFileFault``.
    func secrets(environment: [String: String]) throws(KeyFileFault) -> [UpstreamName: UpstreamSecret] {
        var secrets: [UpstreamName: UpstreamSecret] = [:]
        for (name, file) in secretFiles {
            var bytes = try SecretFile(
                file, noun: "the secret of the upstream \(name)", environment: environment
            ).read()
            while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
            secrets[name] = UpstreamSecret(bytes: bytes)
        }
        return secrets
    }
}
