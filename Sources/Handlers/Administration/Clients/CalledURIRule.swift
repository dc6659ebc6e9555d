import OIDCLogic

/// Where a client may say that we shall call it: nowhere that no call is made to, or nobody would know why it isn't.
struct CalledURIRule {
    private let outbound: any Outbound

    init(_ outbound: any Outbound) { self.outbound = outbound }

    /// - Parameter former: what was registered before stays as it is.
    func check(_ metadata: ClientMetadata, formerly former: ClientMetadata? = nil) throws(ClientMetadataError) {
        let before = former.map(Self.called) ?? []
        for (member, uri) in Self.called(metadata) where outbound.refuses(uri) {
            guard !before.contains(where: { $0.member == member && $0.uri == uri }) else { continue }
            throw ClientMetadataError(
                member,
                "is \"\(uri.value)\", an address that is not called; use a name that leads to a public address, or let the "
                    + "administrator list this one in outbound.allow")
        }
    }

    private static func called(_ metadata: ClientMetadata) -> [(member: String, uri: WebURI)] {
        var called = metadata.requestURIs.map { (member: "request_uris", uri: $0) }
        if case .uri(let uri)? = metadata.keys { called.append(("jwks_uri", uri)) }
        if let receiver = metadata.backchannelLogout { called.append(("backchannel_logout_uri", receiver.uri)) }
        if let uri = metadata.logoURI { called.append(("logo_uri", uri)) }
        return called
    }
}
