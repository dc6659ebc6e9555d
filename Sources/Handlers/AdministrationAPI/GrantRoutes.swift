import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let grantRoutes = [
        AdministrationRoute(
            .get, "clients/{client_id}/consents", .readSessions, "List what users have allowed a client to know",
            query: ["after", "limit"], answer: (.ok, "ConsentList")
        ) { call in
            let client = try call.client()
            let after = try call.position { $0.stringValue.map { UserID($0) } }
            return try call.page(position: { .string($0.userID.value) }, show: call.shown) { (limit) -> [Consent] in
                try call.administration.consents.consents(to: client, after: after, limit: limit)
            }
        },
        AdministrationRoute(
            .delete, "clients/{client_id}/consents/{sub}", .writeSessions,
            "Withdraw a user's consent: they are asked again, and until then nothing is refreshed",
            answer: (.noContent, nil)
        ) { call in
            try call.administration.consents.withdraw(of: UserID(call["sub"]), to: try call.client())
            return .nothing
        },
        AdministrationRoute(
            .get, "clients/{client_id}/grants", .readSessions,
            "List what a client was granted and still holds, by sign-in, the newest first", query: ["after", "limit"],
            answer: (.ok, "GrantList")
        ) { call in
            let client = try call.client()
            let before = try call.position { $0.stringValue.map { GrantID($0) } }
            return try call.page(position: { .string($0.id.value) }, show: call.shown) { (limit) -> [Grant] in
                try call.administration.grants.grants(of: client, before: before, limit: limit)
            }
        },
        AdministrationRoute(
            .delete, "clients/{client_id}/grants/{grant_id}", .writeSessions,
            "Revoke a grant: its refresh token and its access tokens end", answer: (.noContent, nil)
        ) { call in
            try call.administration.grants.revoke(call["grant_id"], of: try call.client())
            return .nothing
        },
    ]
}

extension AdministrationCall {
    fileprivate func shown(_ consent: Consent) throws -> JSON {
        consent.json(username: try username(consent.userID))
    }

    fileprivate func shown(_ grant: Grant) throws -> JSON {
        try administration.grants.json(grant, username: try username(grant.userID))
    }

    /// For those who may see users.
    private func username(_ id: UserID) throws -> Username? {
        caller.may(.readUsers) ? try administration.users.username(of: id) : nil
    }
}
