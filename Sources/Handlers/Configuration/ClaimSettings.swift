/// What holds for the claims of all clients.
package struct ClaimSettings: Sendable, Equatable {
    /// Clients of preset mendix get `com.mendix.user.*`.
    package var mendixProfile = false
}
