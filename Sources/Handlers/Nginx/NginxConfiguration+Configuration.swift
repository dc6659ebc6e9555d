extension NginxConfiguration {
    /// The files for an installation. Throws `NginxFault`.
    package init(_ configuration: Configuration, resources: ResourceDirectory) throws(NginxFault) {
        try self.init(
            issuer: configuration.issuer.value,
            pools: configuration.pools.map {
                Pool(name: $0.name, socket: $0.socket, handlers: $0.handlers.map(\.rawValue))
            },
            staticDirectory: resources.staticFiles)
    }
}
