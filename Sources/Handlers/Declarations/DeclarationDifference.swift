import JOSE
import OIDCLogic

/// What is different about one member.
package struct DeclarationDifference: Sendable, Equatable {
    package let member: String
    /// Nil: it isn't said.
    package let former: JSON?
    package let new: JSON?
    /// Its values are shown to nobody, only whether there is one.
    package let isSecret: Bool

    package var json: JSON {
        return ["member": .string(member), "from": former ?? .null, "to": new ?? .null]
    }

    static func all(from former: DeclaredObject?, to new: DeclaredObject) -> [Self] {
        let old = former.map { DeclaredMembers(of: $0) }
        let members = DeclaredMembers(of: new)
        let names = members.all.map(\.name) + (old?.all.map(\.name) ?? []).filter { members[$0] == nil }
        var differences = names.filter { old?[$0] != members[$0] }.map {
            Self(member: $0, former: old?[$0], new: members[$0], isSecret: false)
        }
        if case .client(let new) = new {
            var sealed: String?
            if case .client(let old)? = former { sealed = old.sealedSecret }
            if new.sealedSecret != sealed {
                let hidden = { (secret: String?) in secret.map { _ in JSON.string("[redacted]") } }
                differences.append(
                    Self(
                        member: "client_secret", former: hidden(sealed), new: hidden(new.sealedSecret), isSecret: true))
            }
        }
        return differences
    }
}
