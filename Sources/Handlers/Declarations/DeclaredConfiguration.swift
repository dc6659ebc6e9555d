/// A configuration with all that its files declare, the folder of clients included.
package struct DeclaredConfiguration: Sendable {
    package let configuration: Configuration
    let declarations: Declarations

    /// Throws all that is wrong with either, with files and lines.
    package init(loading path: String, environment: [String: String]) throws(ConfigurationErrors) {
        configuration = try Configuration.load(path, environment: environment, withClientsFolder: true)
        declarations = configuration.declarations
    }

    init(_ configuration: Configuration) {
        self.configuration = configuration
        declarations = configuration.declarations
    }

    /// How much is declared.
    package var count: Int { declarations.count }
}
