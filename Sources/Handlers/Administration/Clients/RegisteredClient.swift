import JOSE
import OIDCLogic

/// A client as it is after a change, with its secret if that is new: the one time that it is shown.
package struct RegisteredClient: Sendable {
    package let client: Client
    package let secret: ClientSecret?
    /// Whether it knows its users by other identifiers than before the change.
    package let namesUsersAnew: Bool

    package init(client: Client, secret: ClientSecret?, namesUsersAnew: Bool = false) {
        self.client = client
        self.secret = secret
        self.namesUsersAnew = namesUsersAnew
    }

    /// What whoever made the change should know.
    package var warning: String? {
        guard namesUsersAnew else { return nil }
        return
            "the client \"\(client.id)\" is told another sub of each user from now on (subject_type, or the sector, has "
            + "changed): an app that finds its accounts by sub takes everybody for a new user. Its grants have ended"
    }

    /// RFC 7591 §3.2.1.
    package var json: JSON {
        guard var object = client.json.objectValue else { return client.json }
        if let secret {
            object["client_secret"] = .string(secret.reveal())
            object["client_secret_expires_at"] = 0
        }
        return .object(object)
    }
}

extension Client {
    /// The metadata, and what we keep beside it: `preset`, `first_party`, and `awaits_approval` while it does. Never the
    /// secret.
    package var json: JSON {
        var object = metadata.json.objectValue ?? [:]
        object["client_id"] = .string(id.value)
        object["client_id_issued_at"] = .integer(createdAt.seconds)
        object["preset"] = .string(preset.rawValue)
        object["first_party"] = .bool(isFirstParty)
        if approval == .awaited { object["awaits_approval"] = true }
        object["former_secret_expires_at"] = (formerSecret?.expiresAt.seconds).map(JSON.integer)
        return .object(object)
    }
}
