import JOSE

extension ClientMetadataMembers {
    /// OpenID Connect Registration §2 and §5: https, whatever the host.
    func sectorIdentifierURI(for redirectURIs: [RedirectURI]) throws(ClientMetadataError) -> WebURI? {
        let name = "sector_identifier_uri"
        guard let uri = try webURI(name) else { return nil }
        guard uri.isHTTPS, !uri.hasFragment, Sector(of: uri.value) != nil else {
            throw ClientMetadataError(
                name,
                "is \"\(uri.value)\"; it must be an https address without a fragment, and not this machine's own, such as "
                    + "https://example.com/redirect_uris.json")
        }
        guard !redirectURIs.isEmpty else {
            throw ClientMetadataError(name, "is given, and a client without redirect_uris has no users; leave it out")
        }
        return uri
    }

    /// OpenID Connect Core §8.1: the sector is the host of the `sector_identifier_uri`, else that of the redirect URIs.
    func subjectType(
        _ sectorURI: WebURI?, _ redirectURIs: [RedirectURI]
    ) throws(ClientMetadataError) -> SubjectType {
        let name = "subject_type"
        let wanted = json(name) == nil ? SubjectType.public.name : try string(name) ?? ""
        guard SubjectType.names.contains(where: { $0.hasSameBytes(as: wanted) }) else {
            throw ClientMetadataError(
                name, "is \"\(wanted)\"; this provider has \(SubjectType.names.joined(separator: ", "))")
        }
        guard !wanted.hasSameBytes(as: SubjectType.public.name) else { return .public }
        guard !redirectURIs.isEmpty else {
            throw ClientMetadataError(
                name, "is pairwise, and a client without redirect_uris has no users to be told of; leave it out")
        }
        if let sector = sectorURI.flatMap({ Sector(of: $0.value) }) { return .pairwise(sector) }
        var sectors: [Sector] = []
        for uri in redirectURIs {
            guard let sector = Sector(of: uri.value) else {
                throw ClientMetadataError(
                    name,
                    "is pairwise, and \"\(uri)\" has no host that is the app's own, which its users' identifiers would go "
                        + "by; \(Self.giveSector)")
            }
            if !sectors.contains(sector) { sectors.append(sector) }
        }
        guard sectors.count == 1 else {
            let hosts = sectors.map(\.host).joined(separator: ", ")
            throw ClientMetadataError(
                name, "is pairwise, and the redirect_uris are at several hosts (\(hosts)); \(Self.giveSector)")
        }
        return .pairwise(sectors[0])
    }

    private static let giveSector =
        "give sector_identifier_uri, an https address whose answer is a JSON array of all redirect_uris"
}

extension SubjectType {
    /// That of stored metadata. Nil if it is malformed.
    init?(stored name: String?, _ sectorURI: WebURI?, _ redirectURIs: [RedirectURI]) {
        switch name {
        case nil, "public": self = .public
        case "pairwise":
            guard let sector = (sectorURI?.value ?? redirectURIs.first?.value).flatMap(Sector.init(of:)) else {
                return nil
            }
            self = .pairwise(sector)
        default: return nil
        }
    }
}
