import FoundationEssentials

/// Who has started this program, as the operating system knows them.
enum UnixUser {
    /// Such as `root`, or `postern (sudo by anna)`: `SUDO_USER` is what sudo says, and whoever may run this program may
    /// say otherwise.
    static func name(environment: [String: String]) -> String {
        let name = ProcessInfo.processInfo.userName
        guard let other = environment["SUDO_USER"], !other.isEmpty, other != name else { return name }
        return "\(name) (sudo by \(other))"
    }
}
