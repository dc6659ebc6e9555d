import JOSE

/// What expressions see: the four JSON documents `user`, `client`, `session` and `request`, each made when it is first
/// asked for. Where nobody has signed in, as for a service, there is `client` alone, and nil in the place of the others.
package final class SubjectDocuments {
    private typealias SignIn = (user: User, authentication: AuthenticationContext, request: SignInRequest)

    private let source: Client
    /// Nil: it is about the client itself.
    private let signIn: SignIn?
    private let catalogue: ScopeCatalogue
    private let partial: PartialDocuments

    package private(set) lazy var user = signIn.map { document(of: $0.user).replacing(partial.user) }
    package private(set) lazy var client = Self.document(of: source).replacing(partial.client)
    package private(set) lazy var session = signIn.map {
        Self.document(of: $0.authentication).replacing(partial.session)
    }
    package private(set) lazy var request = signIn.map { Self.document(of: $0.request).replacing(partial.request) }
    /// The same as JSON texts, made once for any number of expressions.
    package private(set) lazy var userText = user?.serialized()
    package private(set) lazy var clientText = client.serialized()
    package private(set) lazy var sessionText = session?.serialized()
    package private(set) lazy var requestText = request?.serialized()

    /// - Parameter partial: members that stand in place of those of the same name.
    package init(
        client: Client, user: User, authentication: AuthenticationContext, request: SignInRequest,
        in catalogue: ScopeCatalogue = .empty, replacing partial: PartialDocuments = PartialDocuments()
    ) {
        source = client
        signIn = (user, authentication, request)
        self.catalogue = catalogue
        self.partial = partial
    }

    /// Of a service (RFC 6749 §4.4).
    package init(service client: Client) {
        source = client
        signIn = nil
        catalogue = .empty
        partial = PartialDocuments()
    }

    /// The attributes at the top level. What the service itself knows of the user stands before any of them.
    private func document(of user: User) -> JSON {
        var members = user.attributes
        members["sub"] = .string(user.id.value)
        members["username"] = .string(user.username.value)
        members["groups"] = .array(user.groups.sorted().map { .string($0.value) })
        members["roles"] = .array(roles(of: user).map(JSON.string))
        return .object(members)
    }

    /// Those that mean something to this client, held directly or by a group.
    private func roles(of user: User) -> [String] {
        let held = catalogue.roles(of: user).filter { $0.owner == nil || $0.owner == source.id }
        return Scope(names: held.sorted().map(\.name)).names
    }

    private static func document(of client: Client) -> JSON {
        var members = client.metadata.json.objectValue ?? [:]
        members["client_id"] = .string(client.id.value)
        members["preset"] = .string(client.preset.rawValue)
        members["first_party"] = .bool(client.isFirstParty)
        return .object(members)
    }

    private static func document(of authentication: AuthenticationContext) -> JSON {
        .object([
            "auth_time": authentication.authTime.map { .integer($0.seconds) } ?? .null,
            "acr": authentication.acr.map(JSON.string) ?? .null,
            "amr": .array(authentication.amr.map(JSON.string)), "sid": .string(authentication.sid),
        ])
    }

    private static func document(of request: SignInRequest) -> JSON {
        var members: [String: JSON] = [
            "at": .integer(request.at.seconds), "untrusted": .object(request.untrusted),
        ]
        members["address"] = request.address.map(JSON.string)
        return .object(members)
    }
}

/// Some members of the four documents.
package struct PartialDocuments: Sendable, Equatable {
    package var user: [String: JSON] = [:]
    package var client: [String: JSON] = [:]
    package var session: [String: JSON] = [:]
    package var request: [String: JSON] = [:]

    package init() {}
}

extension JSON {
    fileprivate func replacing(_ members: [String: JSON]) -> JSON {
        members.isEmpty ? self : .object((objectValue ?? [:]).merging(members) { _, new in new })
    }
}
