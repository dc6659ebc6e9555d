import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let userRoutes = [
        AdministrationRoute(
            .get, "users", .readUsers,
            "List users, or search by the beginning of a user name, a name or an e-mail address",
            query: ["search", "after", "limit"], answer: (.ok, "UserList")
        ) { call in
            if let words = try call.parameter("search", limit: 255) {
                let page = try call.provider.store.users(
                    beginning: words, after: try call.position(SearchPosition.init), limit: call.pageSize)
                return .json(ListPage(items: page.items.map(\.json), next: page.next?.json).json)
            }
            let size = try call.pageSize
            let found = try call.provider.store.users(
                after: try call.position { $0.stringValue.map { Username($0) } }, limit: size + 1)
            let items = found.prefix(size)
            let next = found.count > size ? items.last.map { JSON.string($0.username.value) } : nil
            return .json(ListPage(items: items.map(\.json), next: next).json)
        },
        AdministrationRoute(
            .post, "users", .writeUsers, "Add a user; without a password, nobody can sign in by one", body: "NewUser",
            answer: (.created, "User"), respond: add),
        AdministrationRoute(
            .get, "users/{sub}", .readUsers, "Read a user", answer: (.ok, "User")
        ) { call in .entity(try call.user().json) },
        AdministrationRoute(
            .patch, "users/{sub}", .writeUsers,
            "Change a user: attributes one by one, null takes one out; roles and groups as a whole",
            body: "UserChange", answer: (.ok, "User"), needsMatch: true, respond: change),
        AdministrationRoute(
            .delete, "users/{sub}", .writeUsers, "Remove a user, with sessions, consents and grants",
            answer: (.noContent, nil)
        ) { call in
            let user = try call.user()
            try call.caller.requireHeld(rolesOf: user, in: try call.provider.store.catalogue())
            try call.requireMatchIfSaid(user.json)
            guard try call.provider.store.removeUser(user.id) else { throw StoreError.missing }
            return .nothing
        },
        AdministrationRoute(
            .get, "users/{sub}/sessions", .readSessions, "List where a user is signed in, the newest first",
            answer: (.ok, "SessionList")
        ) { call in
            let now = call.provider.now()
            let idle = call.provider.lifetimes.sessionIdle
            let living = try call.provider.store.sessions(of: try call.user().id, limit: 200).filter {
                $0.isAlive(at: now, idle: idle)
            }
            return .json(ListPage(items: living.map(\.json), next: nil).json)
        },
        AdministrationRoute(
            .delete, "users/{sub}/sessions", .writeSessions,
            "Sign a user out everywhere: sessions, refresh tokens and access tokens end", answer: (.noContent, nil)
        ) { call in
            let user = try call.user()
            try ChangeAgain.whileOthersDo {
                try call.administration.users.endSessions(of: try call.provider.store.user(user.id) ?? user)
            }
            return .nothing
        },
        AdministrationRoute(
            .delete, "sessions/{session_id}", .writeSessions, "End one session", answer: (.noContent, nil)
        ) { call in
            let id = SessionID(call["session_id"])
            guard try call.provider.store.session(id) != nil else {
                throw AdministrationProblem.notFound("there is no such session; it may have ended")
            }
            try call.provider.store.endSession(id)
            return .nothing
        },
    ]

    private static func add(_ call: AdministrationCall) throws -> Response {
        let body = try call.body(["username", "password", "attributes", "roles", "groups"])
        let roles = try body.texts("roles") ?? []
        let groups = try body.texts("groups") ?? []
        try requireHeld(roles, groups, call)
        let user = try call.administration.users.add(
            try body.required("username"), password: try body.text("password").map { Password($0) },
            attributes: try attributes(body), roles: roles, groups: groups)
        var response = Response.entity(user.json, status: .created)
        response[.location] = HeaderValue(
            AdministrationScope.resource(of: call.provider.issuer) + "/users/" + RoutePath.escaped(user.id.value))
        return response
    }

    private static func change(_ call: AdministrationCall) throws -> Response {
        let body = try call.body(["username", "password", "attributes", "roles", "groups", "disabled"])
        let user = try call.user()
        // A password of theirs would do as well as their rights.
        try call.caller.requireHeld(rolesOf: user, in: try call.provider.store.catalogue())
        try call.requireMatch(user.json)
        let roles = try body.texts("roles")
        let groups = try body.texts("groups")
        try requireHeld(roles ?? [], groups ?? [], call)
        let change = UserChange(
            attributes: try attributes(body), roles: AssignmentChange(replacing: roles),
            groups: AssignmentChange(replacing: groups), newName: try body.text("username"),
            password: try body.text("password").map { Password($0) }, isDisabled: try body.flag("disabled"))
        return .entity(try call.administration.users.change(user, by: change).json)
    }

    private static func requireHeld(_ roles: [String], _ groups: [String], _ call: AdministrationCall) throws {
        let catalogue = try call.provider.store.catalogue()
        let implied = try groups.flatMap { try catalogue.group(named: $0).roles.map(\.description) }
        try call.caller.requireHeld(roles + implied, "the user would have the role")
    }

    private static func attributes(_ body: [String: JSON]) throws -> UserAttributes {
        var attributes = UserAttributes()
        for (name, value) in try body.object("attributes") ?? [:] { try attributes.set(name, to: value) }
        return attributes
    }
}

extension AdministrationCall {
    fileprivate func user() throws -> User {
        guard let user = try provider.store.user(UserID(self["sub"])) else {
            throw AdministrationProblem.notFound(
                "there is no user with the sub \"\(self["sub"])\"; search finds them by name")
        }
        return user
    }
}

extension Session {
    /// What an administrator sees. Nothing of it opens anything.
    fileprivate var json: JSON {
        .object([
            "id": .string(id.value), "sub": .string(userID.value), "auth_time": .integer(authTime.seconds),
            "amr": .array(amr.map(JSON.string)), "acr": .string(acr), "created_at": .integer(createdAt.seconds),
            "last_used_at": .integer(lastUsedAt.seconds), "expires_at": .integer(expiresAt.seconds),
        ])
    }
}
