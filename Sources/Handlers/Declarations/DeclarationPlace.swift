/// Where something is declared.
package struct DeclarationPlace: Sendable, Equatable {
    /// As the store keeps it: beneath the configuration's folder by a relative path, so that it means the same wherever
    /// that folder lies.
    package let file: String
    /// The file as the administrator called it.
    package let source: String
    /// Counted from 1.
    package let line: Int?

    func fault(_ text: String) -> ConfigurationFault { ConfigurationFault(source: source, line: line, text: text) }
}
