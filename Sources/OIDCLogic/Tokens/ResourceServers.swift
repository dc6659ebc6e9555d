import JOSE

/// A resource indicator (RFC 8707 §2): an absolute URI without a fragment, by its bytes.
package struct ResourceIndicator: Sendable, Hashable {
    package let value: String

    package static let limit = 256

    package init?(_ value: String) {
        guard value.utf8.count <= Self.limit, let parts = URIParts(value), !parts.hasFragment else { return nil }
        self.init(stored: value)
    }

    /// One that was registered before.
    package init(stored value: String) { self.value = value }

    package static func == (one: Self, other: Self) -> Bool { one.value.hasSameBytes(as: other.value) }
}

/// What access tokens for a resource are to be like, where that differs from what others get.
package struct ResourceServer: Sendable, Equatable {
    /// In seconds.
    package let accessTokenLifetime: Int64?
    package let signingAlgorithm: SignatureAlgorithm?

    package init(accessTokenLifetime: Int64? = nil, signingAlgorithm: SignatureAlgorithm? = nil) {
        self.accessTokenLifetime = accessTokenLifetime
        self.signingAlgorithm = signingAlgorithm
    }
}

/// What an access token is for, how long it lives, and what signs it.
package struct AccessTokenProfile: Sendable, Equatable {
    package let audience: [String]
    /// In seconds.
    package let lifetime: Int64
    package let algorithm: SignatureAlgorithm
}

/// The resources that the configuration says something of.
package struct ResourceServers: Sendable {
    private let servers: [ResourceIndicator: ResourceServer]

    /// Signed with what is quickest to make and short.
    private static let algorithm = SignatureAlgorithm.es256

    package init(_ servers: [ResourceIndicator: ResourceServer] = [:]) { self.servers = servers }

    package func contains(_ resource: ResourceIndicator) -> Bool { servers[resource] != nil }

    /// In seconds; 0: none says.
    package var longestLifetime: Int64 { servers.values.compactMap(\.accessTokenLifetime).max() ?? 0 }

    /// Of those resources that say one, in order of their URIs.
    package var wantedAlgorithms: [(resource: ResourceIndicator, algorithm: SignatureAlgorithm)] {
        servers.compactMap { resource, server in server.signingAlgorithm.map { (resource, $0) } }
            .sorted { $0.resource.value.precedesInBytes($1.resource.value) }
    }

    /// Every algorithm that an access token may be signed with.
    package var algorithms: Set<SignatureAlgorithm> {
        Set(servers.values.compactMap(\.signingAlgorithm)).union([Self.algorithm])
    }

    /// RFC 8707 §2.2, RFC 9068 §3. For no resource it is the client's default audience.
    ///
    /// Throws `invalid_target` where one token can't be for all of them.
    package func profile(
        for resources: [ResourceIndicator], client: Client, issuer: Issuer, lifetimes: Lifetimes
    ) throws(OAuthError) -> AccessTokenProfile {
        guard !resources.isEmpty else {
            return AccessTokenProfile(
                audience: [client.preset == .mendix ? client.id.value : issuer.value], lifetime: lifetimes.accessToken,
                algorithm: Self.algorithm)
        }
        let named = resources.map { servers[$0] ?? ResourceServer() }
        let algorithms = Set(named.map { $0.signingAlgorithm ?? Self.algorithm })
        guard algorithms.count == 1, let algorithm = algorithms.first else {
            throw .invalidTarget(
                "these resources want tokens signed in different ways; ask for one at a time", detail: .resource)
        }
        return AccessTokenProfile(
            audience: resources.map(\.value),
            lifetime: named.map { $0.accessTokenLifetime ?? lifetimes.accessToken }.min() ?? lifetimes.accessToken,
            algorithm: algorithm)
    }
}

extension Parameters {
    /// RFC 8707 sets no limit; a token for more than a few would be good at too many places.
    static let resourceLimit = 8

    /// RFC 8707 §2: `resource` may come more than once. Throws `invalid_target` for what the client may not ask for.
    package func resources(for client: Client) throws(OAuthError) -> [ResourceIndicator] {
        var resources: [ResourceIndicator] = []
        for text in values("resource") {
            guard let resource = ResourceIndicator(text), client.metadata.resources.contains(resource) else {
                throw .invalidTarget(
                    "resource is none that this client may ask for",
                    cause: "\(client.id) asked for \(RedactedURI(redacting: text).value)",
                    detail: .resource)
            }
            if !resources.contains(resource) { resources.append(resource) }
        }
        guard resources.count <= Self.resourceLimit else {
            throw .invalidTarget("there are too many resources", detail: .resource)
        }
        return resources
    }

    /// At the token endpoint (§2.2): of what was granted, or of all that the client may ask for where nothing was said.
    func resources(for client: Client, within granted: [ResourceIndicator]) throws(OAuthError) -> [ResourceIndicator] {
        let requested = try resources(for: client)
        guard !granted.isEmpty else { return requested }
        guard requested.allSatisfy(granted.contains) else {
            throw .invalidTarget("resource is none of those that were granted", detail: .resource)
        }
        guard requested.isEmpty else { return requested }
        // What the client may no longer ask for is no longer given; nothing would stand for its default audience.
        let left = granted.filter(client.metadata.resources.contains)
        guard !left.isEmpty else {
            throw .invalidTarget("the client may no longer ask for what was granted", detail: .resource)
        }
        return left
    }
}
