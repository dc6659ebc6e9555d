/// All that is wrong with a configuration, in the order of its lines.
package struct ConfigurationErrors: Error, Sendable, CustomStringConvertible {
    package let faults: [ConfigurationFault]

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// One thing that is wrong, and where.
package struct ConfigurationFault: Sendable, Equatable, CustomStringConvertible {
    /// The file, or the environment variable.
    package let source: String
    /// Counted from 1; nil where it has no line of its own.
    package let line: Int?
    /// What is wrong and what would be right.
    package let text: String

    package var description: String {
        line.map { "\(source):\($0): \(text)" } ?? "\(source): \(text)"
    }
}
