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
            let after = try call.position { $0.stringValue.map { Username($0) } }
            return try call.page(position: { .string($0.username.value) }, show: \.json) { limit in
                try call.provider.store.users(after: after, limit: limit)
            }
        },
        AdministrationRoute(
            .post, "users", .writeUsers, "Add a user; without a password, nobody can sign in by one", body: "NewUser",
            answer: (.created, "User"), respond: add),
        AdministrationRoute(
            .get, "users/{sub}", .readUsers, "Read a user", answer: (.ok, "User")
        ) { call in
            let user = try call.user()
            return .entity(user.json, version: user.version)
        },
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
            try call.requireMatchIfSaid(EntityTag(of: user.json, version: user.version))
            guard try call.provider.store.removeUser(user.id) else { throw StoreError.missing }
            return .nothing
        },
        AdministrationRoute(
            .get, "users/{sub}/sessions", .readSessions, "List where a user is signed in, the newest first",
            answer: (.ok, "SessionList")
        ) { call in
            let sessions = try call.administration.sessions.sessions(of: try call.user())
            return .json(ListPage(items: sessions.map(\.json), next: nil).json)
        },
        AdministrationRoute(
            .delete, "users/{sub}/sessions", .writeSessions,
            "Sign a user out everywhere: sessions, refresh tokens and access tokens end", answer: (.noContent, nil)
        ) { call in
            try call.administration.users.signOut(try call.user())
            return .nothing
        },
        AdministrationRoute(
            .get, "users/{sub}/upstreams", .readUsers, "List which upstreams know a user, and by what",
            answer: (.ok, "UpstreamPersonList")
        ) { call in
            let people = try call.upstreams.people(of: try call.user())
            return .json(ListPage(items: people.map(\.json), next: nil).json)
        },
        AdministrationRoute(
            .delete, "users/{sub}/upstreams/{upstream_person}", .writeUsers,
            "Let an upstream not know a user any more: what they have by it alone goes, and sessions that came from there end",
            answer: (.noContent, nil)
        ) { call in
            let user = try call.user()
            try call.caller.requireHeld(rolesOf: user, in: try call.provider.store.catalogue())
            _ = try call.upstreams.unlink(call["upstream_person"], from: user)
            return .nothing
        },
        AdministrationRoute(
            .delete, "sessions/{session_id}", .writeSessions, "End one session", answer: (.noContent, nil)
        ) { call in
            try call.administration.sessions.end(call["session_id"])
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
        var response = Response.entity(user.json, version: user.version, status: .created)
        response[.location] = call.location("users", user.id.value)
        return response
    }

    private static func change(_ call: AdministrationCall) throws -> Response {
        let body = try call.body(["username", "password", "attributes", "roles", "groups", "disabled"])
        let user = try call.user()
        // A password of theirs would do as well as their rights.
        try call.caller.requireHeld(rolesOf: user, in: try call.provider.store.catalogue())
        try call.requireMatch(EntityTag(of: user.json, version: user.version))
        for name in ["username", "password", "disabled"] where body[name] == .null {
            throw AdministrationProblem.invalid("\(name) can't be taken out; leave it out to let it stay", member: name)
        }
        let roles = try body.replacement("roles")
        let groups = try body.replacement("groups")
        try requireHeld(roles ?? [], groups ?? [], call)
        let change = UserChange(
            attributes: try attributes(body, of: user.attributes), roles: AssignmentChange(replacing: roles),
            groups: AssignmentChange(replacing: groups), newName: try body.text("username"),
            password: try body.text("password").map { Password($0) }, isDisabled: try body.flag("disabled"))
        let changed = try call.administration.users.change(user, by: change)
        return .entity(changed.json, version: changed.version)
    }

    private static func requireHeld(_ roles: [String], _ groups: [String], _ call: AdministrationCall) throws {
        let catalogue = try call.provider.store.catalogue()
        let named = try AssignmentChange(replacing: groups).applied(groupsOf: [], in: catalogue)
        let implied = named.flatMap { catalogue.groups[$0]?.roles.map(\.description) ?? [] }
        try call.caller.requireHeld(roles + implied, "the user would have the role")
    }

    private static func attributes(_ body: [String: JSON], of former: [String: JSON] = [:]) throws -> UserAttributes {
        var attributes = UserAttributes()
        let all = body["attributes"] == .null ? former.mapValues { _ in JSON.null } : nil
        for (name, value) in try all ?? body.object("attributes") ?? [:] {
            try attributes.set(name, to: former[name]?.merging(value) ?? value)
        }
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
