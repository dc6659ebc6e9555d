extension NginxConfiguration {
    /// The files for an installation. Throws `NginxFault`.
    package init(_ configuration: Configuration, resources: ResourceDirectory) throws(NginxFault) {
        try self.init(
            issuer: configuration.issuer, pools: configuration.pools, staticDirectory: resources.staticFiles)
    }
}
