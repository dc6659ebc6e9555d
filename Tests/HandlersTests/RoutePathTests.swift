import Testing

@testable import Handlers

struct RoutePathTests {
    @Test(
        arguments: [
            ("clients", ["clients"]), ("clients/a%2Fb", ["clients", "a/b"]),
            ("clients/%E2%98%83", ["clients", "\u{2603}"]),
            ("clients/..", ["clients", ".."]), ("clients/a+b", ["clients", "a+b"]),
            ("", nil), ("clients/", nil), ("/clients", nil), ("clients//a", nil), ("clients/%00", nil),
            ("clients/%ff", nil), ("clients/%2", nil), ("clients/%zz", nil),
            ("clients/" + String(repeating: "a", count: 1025), nil),
        ] as [(String, [String]?)])
    func `a path is taken apart before its escapes are resolved`(path: String, parts: [String]?) {
        #expect(RoutePath.parts(of: path) == parts)
    }

    @Test(arguments: ["a/b", "a b", "\u{2603}%", "a.b-c_d~e", "..", "?#"])
    func `what was escaped is read as it was`(part: String) {
        let path = "clients/" + RoutePath.escaped(part)
        #expect(RoutePath.parts(of: path) == ["clients", part])
        #expect(path.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !path.contains("?") && !path.contains("#"))
    }

    @Test func `a path is matched part by part`() {
        let path = RoutePath("clients/{client_id}/secret")
        #expect(path.match(["clients", "a/b", "secret"]) == ["client_id": "a/b"])
        for other in [["clients", "a"], ["clients", "a", "secrets"], ["Clients", "a", "secret"], []] {
            #expect(path.match(other) == nil)
        }
    }

    @Test func `no two operations have one method and path, and each says what it is`() {
        let all = AdministrationRoute.all
        #expect(Set(all.map { "\($0.method.rawValue) \($0.path)" }).count == all.count)
        for route in all {
            for name in [route.body, route.answer.schema].compactMap(\.self) {
                #expect(AdministrationSchemas.all[name] != nil, "\(name)")
            }
            for name in route.query { #expect(AdministrationSchemas.parameters[name] != nil, "\(name)") }
            let decidesOnWhatIsThere =
                [.patch, .put].contains(route.method) || "\(route.path)" == "clients/{client_id}/approval"
            #expect(route.needsMatch == decidesOnWhatIsThere, "\(route.path)")
            // Who comes in is for whoever administers everything, to look at as well.
            let isOfAdministrators = "\(route.path)".hasPrefix("upstreams")
            #expect((route.scope == .admin) == isOfAdministrators)
            guard !isOfAdministrators else { continue }
            #expect((route.method == .get) == route.scope.rawValue.hasSuffix(":read"), "\(route.path)")
        }
    }
}
