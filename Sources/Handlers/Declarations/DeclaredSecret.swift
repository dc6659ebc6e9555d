import FoundationEssentials
import OIDCLogic

/// Where a declared client's secret is: never in the file that declares it.
package enum DeclaredSecret: Sendable, Hashable {
    /// An absolute path, or one that begins with `${CREDENTIALS_DIRECTORY}/`.
    case file(String)
    /// A variable of the environment of whoever runs `plan` or `apply`.
    case variable(String)

    /// Whatever it holds but the end of its last line. Throws ``AdministrationError`` or ``KeyFileFault``, which never say
    /// what is in it.
    func read(_ environment: [String: String]) throws -> ClientSecret {
        let text: String
        switch self {
        case .variable(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw AdministrationError.missing(
                    "client_secret_env: the environment variable \(name) is not set where this runs")
            }
            text = value
        case .file(let path):
            let bytes = try SecretFile(path, noun: "client_secret_file", environment: environment).read()
            guard let read = String(validating: bytes, as: UTF8.self) else {
                throw AdministrationError.invalid("client_secret_file: \(path) is not UTF-8")
            }
            text = read
        }
        let line = text.utf8.last == UInt8(ascii: "\n") ? String(text.unicodeScalars.dropLast()) : text
        let secret = line.utf8.last == UInt8(ascii: "\r") ? String(line.unicodeScalars.dropLast()) : line
        guard !secret.isEmpty else { throw AdministrationError.invalid("the client's secret is empty") }
        return ClientSecret(secret)
    }
}
