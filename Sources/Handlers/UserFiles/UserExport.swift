import JOSE
import OIDCLogic

extension User {
    /// The user in a JSON line, as an import reads it. The hash only if asked for: whoever has it can try passwords.
    package func exported(withPasswordHash: Bool) -> JSON {
        var members = json.objectValue ?? [:]
        members.removeValue(forKey: "has_password")
        if withPasswordHash { members["password_hash"] = passwordHash.map(JSON.string) }
        return .object(members)
    }
}
