import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let scopeRoutes = [
        AdministrationRoute(
            .get, "scopes", .readRoles, "List the scopes that were defined", answer: (.ok, "ScopeList")
        ) { call in .json(ListPage(items: try call.administration.scopes.scopes().map(call.shown), next: nil).json) },
        AdministrationRoute(
            .post, "scopes", .writeRoles, "Define a scope; the same once more is a success", body: "NewScope",
            answer: (.created, "Scope"), isRepeatable: true
        ) { call in
            let body = try call.body(["name", "description"])
            let name = try body.required("name")
            let description = try body.text("description")
            if let there = try call.provider.store.catalogue().scopes[ScopeName(name)], there.description == description
            {
                return .entity(try call.shown(there))
            }
            let made = try call.administration.scopes.add(name, description: description)
            return .made(made.json, "scopes", made.name.value, call)
        },
        AdministrationRoute(
            .get, "scopes/{scope}", .readRoles, "Read a scope", answer: (.ok, "Scope")
        ) { call in .entity(try call.shown(call.scope())) },
        AdministrationRoute(
            .patch, "scopes/{scope}", .writeRoles, "Change what people read of a scope", body: "Description",
            answer: (.ok, "Scope"), needsMatch: true
        ) { call in
            let body = try call.body(["description"])
            let scope = try call.scope()
            try call.requireMatch(EntityTag(of: call.shown(scope)))
            return .entity(
                try call.administration.scopes.change(scope, description: body.text("description") ?? "").json)
        },
        AdministrationRoute(
            .delete, "scopes/{scope}", .writeRoles, "Remove a scope; nobody is granted it any more",
            answer: (.noContent, nil)
        ) { call in
            let scope = try call.scope()
            try call.requireMatchIfSaid(EntityTag(of: call.shown(scope)))
            _ = try call.administration.scopes.remove(scope.name.value)
            return .nothing
        },
    ]
}

extension AdministrationCall {
    fileprivate func scope() throws -> DefinedScope {
        guard let scope = try provider.store.catalogue().scopes[ScopeName(self["scope"])] else {
            throw AdministrationProblem.notFound("there is no scope \"\(self["scope"])\" that was defined")
        }
        return scope
    }
}
