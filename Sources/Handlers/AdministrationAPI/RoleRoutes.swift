import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let roleRoutes = [
        AdministrationRoute(
            .get, "roles", .readRoles, "List roles; those of one client if it is named", query: ["client_id"],
            answer: (.ok, "RoleList")
        ) { call in
            let client = try call.parameter("client_id").map(call.client)
            return .json(
                ListPage(items: try call.administration.roles.roles(of: client).map(call.shown), next: nil).json)
        },
        AdministrationRoute(
            .post, "roles", .writeRoles, "Make a role, of all clients or of one; the same once more is a success",
            body: "NewRole", answer: (.created, "Role"), isRepeatable: true
        ) { call in
            let body = try call.body(["name", "client_id", "description"])
            let name = try body.required("name")
            try refuseOwn(name)
            let client = try body.text("client_id").map(call.client)
            let description = try body.text("description")
            if let there = try call.provider.store.catalogue().roles[RoleID(name, of: client?.id)],
                there.description == description
            {
                return .entity(try call.shown(there))
            }
            let made = try call.administration.roles.add(name, of: client, description: description)
            return .made(made.json, "roles", made.id.description, call)
        },
        AdministrationRoute(
            .get, "roles/{role}", .readRoles, "Read a role: NAME, or NAME@CLIENT", answer: (.ok, "Role")
        ) { call in .entity(try call.shown(call.role())) },
        AdministrationRoute(
            .patch, "roles/{role}", .writeRoles, "Change what people read of a role", body: "Description",
            answer: (.ok, "Role"), needsMatch: true
        ) { call in
            let body = try call.body(["description"])
            let role = try call.role()
            try refuseOwn(role.name)
            try call.requireMatch(EntityTag(of: call.shown(role)))
            return .entity(
                try call.administration.roles.change(role, description: body.text("description") ?? "").json
            )
        },
        AdministrationRoute(
            .delete, "roles/{role}", .writeRoles, "Remove a role; nobody holds it any more",
            answer: (.noContent, nil)
        ) { call in
            let role = try call.role()
            try refuseOwn(role.name)
            try call.requireMatchIfSaid(EntityTag(of: call.shown(role)))
            _ = try call.administration.roles.remove(role.id.description)
            return .nothing
        },
    ]

    private static func refuseOwn(_ name: String) throws(AdministrationProblem) {
        guard Scope.opensPostern(name) else { return }
        throw AdministrationProblem(
            .forbidden, "\"\(name)\" opens Postern itself; such roles are made and removed at the command line alone",
            member: "name")
    }
}

extension AdministrationCall {
    /// Without the nearest id, which is for those who may see clients.
    fileprivate func client(_ id: String) throws -> Client {
        guard let client = try provider.store.client(ClientID(id)) else {
            throw AdministrationProblem.notFound("there is no client with the id \"\(id)\"")
        }
        return client
    }

    fileprivate func role() throws -> Role {
        guard let role = try provider.store.catalogue().roles[RoleID(written: self["role"])] else {
            throw AdministrationProblem.notFound("there is no role \"\(self["role"])\"")
        }
        return role
    }
}
