/// What apps are told of ended sessions.
package struct LogoutSettings: Sendable {
    /// Whether also of those that end by age, or since nobody used them.
    package var tellsOfExpiry = false

    package init() {}
}
