import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let groupRoutes = [
        AdministrationRoute(
            .get, "groups", .readRoles, "List groups", answer: (.ok, "GroupList")
        ) { call in .json(ListPage(items: try call.administration.groups.groups().map(\.json), next: nil).json) },
        AdministrationRoute(
            .post, "groups", .writeRoles, "Make a group, whose members hold its roles", body: "NewGroup",
            answer: (.created, "Group")
        ) { call in
            let body = try call.body(["name", "description", "roles"])
            let roles = try body.texts("roles") ?? []
            try call.caller.requireHeld(roles, "the group would have the role")
            let made = try call.administration.groups.add(
                try body.required("name"), description: try body.text("description"), roles: roles)
            return .made(made.json, "groups", made.name.value, call)
        },
        AdministrationRoute(
            .get, "groups/{group}", .readRoles, "Read a group", answer: (.ok, "Group")
        ) { call in .entity(try call.group().json) },
        AdministrationRoute(
            .patch, "groups/{group}", .writeRoles, "Change a group's description, or its roles as a whole",
            body: "GroupChange", answer: (.ok, "Group"), needsMatch: true
        ) { call in
            let body = try call.body(["description", "roles"])
            let group = try call.group()
            try call.caller.requireHeld(group.roles.map(\.description), "the group has the role")
            try call.requireMatch(group.json)
            let roles = try body.texts("roles")
            try call.caller.requireHeld(roles ?? [], "the group would have the role")
            let description = body["description"] == nil ? nil : try body.text("description") ?? ""
            return .entity(
                try call.administration.groups.set(
                    group.name.value, description: description, roles: AssignmentChange(replacing: roles)
                ).json)
        },
        AdministrationRoute(
            .delete, "groups/{group}", .writeRoles, "Remove a group; nobody is in it any more",
            answer: (.noContent, nil)
        ) { call in
            let group = try call.group()
            try call.caller.requireHeld(group.roles.map(\.description), "the group has the role")
            try call.requireMatchIfSaid(group.json)
            _ = try call.administration.groups.remove(group.name.value)
            return .nothing
        },
    ]
}

extension AdministrationCall {
    fileprivate func group() throws -> Group {
        guard let group = try provider.store.catalogue().groups[GroupName(self["group"])] else {
            throw AdministrationProblem.notFound("there is no group \"\(self["group"])\"")
        }
        return group
    }
}
