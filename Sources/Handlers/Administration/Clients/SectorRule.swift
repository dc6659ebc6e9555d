import OIDCLogic

/// Whose sector a client may say to be of: the one whose host lists all its redirect URIs (OpenID Connect Registration §5).
/// It is looked at when either changes, and never again: what is registered doesn't depend on that host.
package struct SectorRule {
    let outbound: any Outbound
    private let prepare: () -> Void

    /// - Parameter prepare: what is done before another's server is waited for.
    package init(_ outbound: any Outbound, prepare: @escaping () -> Void = {}) {
        self.outbound = outbound
        self.prepare = prepare
    }

    /// - Parameter former: what was registered before; nil: nothing.
    func check(_ metadata: ClientMetadata, formerly former: ClientMetadata? = nil) throws(ClientMetadataError) {
        guard let uri = metadata.sectorIdentifierURI else { return }
        if let former, former.sectorIdentifierURI == uri, former.redirectURIs == metadata.redirectURIs { return }
        prepare()
        try SectorRedirectURIs(fetching: uri, by: outbound).require(metadata.redirectURIs)
    }
}
