import JOSE
import OIDCLogic

// What is shown of things that files may declare: with `declared_in` where one does, since they are changed there alone.
extension AdministrationCall {
    func shown(_ client: Client) throws -> JSON { try marked(client.json, .client(client.id)) }
    func shown(_ scope: DefinedScope) throws -> JSON { try marked(scope.json, .scope(scope.name)) }
    func shown(_ role: Role) throws -> JSON { try marked(role.json, .role(role.id)) }
    func shown(_ claim: CustomClaim) throws -> JSON { try marked(claim.json, .claim(claim.id)) }
    func shown(_ group: Group) throws -> JSON { try marked(group.json, .group(group.name)) }

    private func marked(_ json: JSON, _ name: DeclaredName) throws -> JSON {
        guard let file = try provider.store.declaration(of: name) else { return json }
        return DeclaringFiles([name: file]).mark(json, name)
    }
}
