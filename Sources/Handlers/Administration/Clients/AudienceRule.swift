import OIDCLogic

/// No client's id is another client's resource, or one of the configuration: either stands as `aud` in access tokens, and
/// whom it names is told about those at introspection (RFC 7662 §4, RFC 8707 §2).
struct AudienceRule {
    let store: any ClientStore
    /// Those of the configuration.
    let configured: ResourceServers

    /// Throws `ClientMetadataError` if a client of this id would be told about tokens for somebody else's resource.
    func check(newID id: ClientID) throws {
        guard let resource = ResourceIndicator(id.value) else { return }
        guard let user = user(of: resource, among: try store.allClients().filter { $0.id != id }) else { return }
        throw ClientMetadataError(
            "client_id",
            "\"\(id)\" is a resource \(user), so its tokens would be shown to this client; choose another id, "
                + "or leave it out, and if the client is that resource, list it in served_resources")
    }

    /// Throws `ClientMetadataError` if a resource of the client, but those it has already, is another client's id.
    func check(_ metadata: ClientMetadata, of id: ClientID, formerly former: ClientMetadata? = nil) throws {
        let lists = [
            ("served_resources", metadata.servedResources, former?.servedResources),
            ("resources", metadata.resources, former?.resources),
        ]
        for (member, resources, former) in lists {
            for resource in resources where !(former ?? []).contains(resource) {
                guard let other = try client(of: resource, but: id) else { continue }
                throw ClientMetadataError(
                    member,
                    "has \"\(resource.value)\", which is the id of another client, whose tokens are not for "
                        + "resources; name the resource otherwise, and list it in served_resources of \"\(other)\" if "
                        + "that is what it is")
            }
        }
    }

    /// What came to be before the rule, or with the configuration.
    func warnings() throws -> [String] {
        let clients = try store.allClients()
        return clients.compactMap { client in
            guard let resource = ResourceIndicator(client.id.value),
                let user = user(of: resource, among: clients.filter { $0.id != client.id })
            else { return nil }
            return
                "the id of the client \"\(client.id)\" is a resource \(user), so its tokens are shown to the client; "
                + "register it under another id"
        }
    }

    /// Who knows the resource, in words; nil: nobody does.
    private func user(of resource: ResourceIndicator, among others: [Client]) -> String? {
        guard !configured.contains(resource) else { return "of postern.yaml" }
        if let other = others.first(where: { $0.metadata.servedResources.contains(resource) }) {
            return "that the client \"\(other.id)\" serves"
        }
        return others.first { $0.metadata.resources.contains(resource) }.map {
            "that the client \"\($0.id)\" may ask for"
        }
    }

    private func client(of resource: ResourceIndicator, but id: ClientID) throws -> ClientID? {
        let other = ClientID(resource.value)
        return try other == id ? nil : store.client(other)?.id
    }
}
