/// Who may register apps at the registration endpoint.
package struct RegistrationSettings: Sendable {
    /// Anybody may, without a token; the users of such apps are always asked for their consent.
    package var isOpen = false

    package init() {}
}
