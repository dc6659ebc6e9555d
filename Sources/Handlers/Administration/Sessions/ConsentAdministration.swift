import JOSE
import OIDCLogic

/// What an administrator does with consents: what users have allowed a client to know.
package struct ConsentAdministration {
    private let store: any Store

    init(store: any Store) { self.store = store }

    /// In order of their users' ids.
    package func consents(to client: Client) throws -> [Consent] {
        var consents: [Consent] = []
        while true {
            let page = try self.consents(to: client, after: consents.last?.userID, limit: 500)
            consents += page
            if page.count < 500 { return consents }
        }
    }

    func consents(to client: Client, after user: UserID?, limit: Int) throws -> [Consent] {
        try store.consents(to: client.id, after: user, limit: limit)
    }

    /// The user is asked again, and until then nothing is refreshed. Throws ``AdministrationError`` if there is none.
    package func withdraw(of user: UserID, to client: Client) throws {
        guard try store.removeConsent(of: user, to: client.id) else {
            throw AdministrationError.missing("this user has allowed \"\(client.id)\" nothing")
        }
    }
}

extension Consent {
    /// - Parameter username: nil: not for whoever looks.
    package func json(username: Username?) -> JSON {
        var members: [String: JSON] = [
            "sub": .string(userID.value), "scope": .string(scope.description),
            "granted_at": .integer(grantedAt.seconds),
        ]
        members["username"] = (username?.value).map(JSON.string)
        return .object(members)
    }
}
