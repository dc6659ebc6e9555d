import JOSE
import OIDCLogic

/// What one upstream knows a user by, as an administrator sees it.
package struct UpstreamPerson {
    /// Nil: no upstream of that issuer is there now, and nobody signs in by it.
    package let upstream: UpstreamName?
    package let link: UpstreamLink

    /// What addresses and commands call it by, since issuers and subjects may have any characters.
    package var id: String {
        let text = "\(link.id.issuer.utf8.count) \(link.id.issuer)\(link.id.subject)"
        return Base32.encode(Digest.sha256(Array(text.utf8)).prefix(10))
    }

    package var json: JSON {
        .object([
            "id": .string(id), "upstream": upstream.map { .string($0.value) } ?? .null,
            "issuer": .string(link.id.issuer), "upstream_sub": .string(link.id.subject),
            "roles": .array(link.roles.sorted().map { .string($0.description) }),
            "attributes": .array(link.attributes.sorted().map(JSON.string)),
            "linked_at": .integer(link.createdAt.seconds), "signed_in_at": .integer(link.lastUsedAt.seconds),
            "checked_at": .integer(link.check.at.seconds), "needs_sign_in": .bool(link.check.needsSignIn),
        ])
    }
}

extension UpstreamAdministration {
    /// Those that know the user, in order of their issuers.
    package func people(of user: User) throws -> [UpstreamPerson] {
        let names = try issuerNames()
        return try store.upstreamLinks(of: user.id).map { UpstreamPerson(upstream: names[$0.id.issuer], link: $0) }
    }

    /// The user isn't known there any more: they lose what they have by it alone, and the sessions and grants that came
    /// from there end.
    ///
    /// - Parameter name: an ``UpstreamPerson/id``, or the upstream's name where it knows the user by one subject.
    ///
    /// Throws ``AdministrationError`` if that isn't one.
    package func unlink(_ name: String, from user: User) throws -> UpstreamPerson {
        let all = try people(of: user)
        let found = all.filter { $0.id == name || $0.upstream?.value.hasSameBytes(as: name) == true }
        guard let person = found.first else {
            let known = all.map { "\($0.upstream?.value ?? $0.link.id.issuer) (\($0.id))" }.joined(separator: ", ")
            throw AdministrationError.missing(
                "no upstream \"\(name)\" knows \"\(user.username)\"; "
                    + (all.isEmpty ? "they sign in by a password here alone" : "there is \(known)"))
        }
        guard found.count == 1 else {
            throw AdministrationError.invalid(
                "\"\(name)\" knows \"\(user.username)\" by several subjects; give the id of one: "
                    + found.map { "\($0.id) (\($0.link.id.subject))" }.joined(separator: ", "))
        }
        guard try store.unlink(person.link.id, from: user.id) else {
            throw AdministrationError.missing("the upstream doesn't know \"\(user.username)\" any more")
        }
        return person
    }

    private func issuerNames() throws -> [String: UpstreamName] {
        Dictionary(
            try all().compactMap { listed in listed.upstream.map { ($0.issuer.value, listed.name) } },
            uniquingKeysWith: { first, _ in first })
    }
}
